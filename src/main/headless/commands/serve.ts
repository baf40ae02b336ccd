import { defineCommand } from '../command';
import { choice, switchFlag, whole } from '../flags';
import { UsageError } from '../refusals';
import { runServe } from '../serve';
import { setupNamed, withAssignments } from '../setupOfCall';

export const serveCommand = defineCommand({
  name: 'serve',
  purpose: 'Serves the workbench to a browser on this computer, until Ctrl+C.',
  arguments: [],
  flags: {
    port: whole({
      unit: '',
      min: 0,
      max: 65_535,
      default: 0,
      otherwise: '0, any free one',
      meaning: 'Port on 127.0.0.1; there is no option for another address. A taken one ends the call with 4.',
    }),
    backend: choice({
      choices: ['auto', 'native', 'wasm', 'cpu'],
      default: 'auto',
      meaning: "Train networks by TensorFlow.js on this backend; auto trains them by the program's own kernels.",
    }),
    open: switchFlag({ meaning: 'Open the address in the browser of this desktop; so it is by itself on a terminal without --json.' }),
    'no-open': switchFlag({ meaning: 'Do not open a browser.' }),
  },
  example: 'upright serve --no-open',
  notes: [
    'The printed address holds a key after the #. It admits whoever has it, from this computer only. From elsewhere use an SSH tunnel to the same port number.',
  ],
  onSignal: 'finish',
  async run({ flags, given, world }) {
    if (flags.open && flags['no-open']) throw new UsageError('value', '--open and --no-open contradict each other.', 'Give one of them.');
    const named = given.has('setup') || flags.set.length > 0;
    const setup = named ? withAssignments(await setupNamed(flags.setup, undefined, world.home), flags.set) : undefined;
    const open = flags.open || (!flags['no-open'] && !flags.json && process.stdout.isTTY === true);
    await runServe(
      {
        ...{ port: flags.port, open, version: world.version },
        ...(setup === undefined ? {} : { setup: { ...setup, seed: flags.seed } }),
        ...(flags.backend === 'auto' ? {} : { backend: flags.backend }),
      },
      world,
    );
    return { exit: 0, document: {}, text: '' };
  },
});
