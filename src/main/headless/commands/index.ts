import type { Command } from '../command';
import { benchCommand } from './bench';
import { fitCommand } from './fit';
import { helpCommand } from './help';
import { learnCommand } from './learn';
import { recoverCommand } from './recover';
import { serveCommand } from './serve';

const working: readonly Command[] = [learnCommand(), fitCommand, recoverCommand, serveCommand, benchCommand];

/** The commands of `upright`, in the order of the help. */
export const commands: readonly Command[] = [...working, helpCommand(working.map(({ name }) => name))];
