import type { Command } from '../command';
import { benchCommand } from './bench';
import { convertCommand } from './convert';
import { fitCommand } from './fit';
import { helpCommand } from './help';
import { learnCommand } from './learn';
import { recoverCommand } from './recover';
import { replayCommand } from './replay';
import { serveCommand } from './serve';

const working: readonly Command[] = [learnCommand(), fitCommand, replayCommand, convertCommand, recoverCommand, serveCommand, benchCommand];

/** The commands of `upright`, in the order of the help. */
export const commands: readonly Command[] = [...working, helpCommand(working.map(({ name }) => name))];
