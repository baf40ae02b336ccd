import { defineCommand } from '../command';

/** The names that `help COMMAND` takes; the commands themselves are looked up by whoever prints. */
export const helpCommand = (commands: readonly string[]) =>
  defineCommand({
    name: 'help',
    purpose: 'Explains the commands, and their flags with units, ranges and defaults.',
    arguments: [{ name: 'COMMAND', meaning: 'The command to explain.', least: 0, most: 1, choices: [...commands, 'help'] }],
    flags: {},
    example: 'upright help fit',
    run: () => Promise.reject(new Error('Help is printed before any command runs.')),
  });
