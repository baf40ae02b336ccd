import { repair, type Repair } from '../../storage/mcap/repair';
import { repairText } from '../../storage/mcap/repairText';
import { WritingFailed } from '../../storage/mcap/partFile';
import { defineCommand, type Call } from '../command';
import { text } from '../flags';
import { Cancelled, LackingError } from '../refusals';
import { filesOf } from './recover/files';
import { repairDocument } from './recover/words';

const flags = {
  to: text({ placeholder: 'DIR', otherwise: 'beside the original', meaning: 'Where repaired files go; made when missing.' }),
};

export const recoverCommand = defineCommand({
  name: 'recover',
  purpose: 'Repairs recordings that a crash, a full disk or a bad disk has damaged.',
  arguments: [
    {
      name: 'FILE|DIR',
      meaning: 'A recording (.mcap or .mcap.part), or a folder: its *.mcap.part files and its .mcap files without an end.',
      least: 1,
      most: Infinity,
    },
  ],
  flags,
  example: 'upright recover recordings',
  notes: [
    'The original is never touched. run.mcap.part becomes run.mcap, or "run repaired.mcap" where that name is taken. What a checksum does not vouch for is left out, and the stretches that are lost are listed, in seconds from the first message.',
    'A second call finds what the first one made, and changes nothing. Exit 1: a file holds nothing that can be read.',
  ],
  async run(call) {
    const files = filesOf(call.arguments);
    const repairs: Repair[] = [];
    const document = () => ({ files: repairs.map(repairDocument) });
    for (const [index, file] of files.entries()) {
      if (call.world.signal.aborted) throw new Cancelled(document());
      const done = await repairOne(call, file, index, files.length, document);
      for (const finding of done.findings) call.world.warn({ code: 'damaged', text: finding, file });
      repairs.push(done);
    }
    return {
      exit: repairs.some(({ state }) => state === 'unreadable') ? 1 : 0,
      document: document(),
      text: repairs.length === 0 ? `Nothing to recover in ${call.arguments.join(', ')}.` : repairs.map(repairText).join('\n'),
    };
  },
});

async function repairOne(
  { flags: { to }, world }: Call<typeof flags>,
  file: string,
  index: number,
  count: number,
  soFar: () => Readonly<Record<string, unknown>>,
): Promise<Repair> {
  const megabytes = (bytes: number) => Math.round(bytes / 1e6);
  try {
    return await repair(file, {
      toFolder: to,
      library: `upright ${world.version}`,
      signal: world.signal,
      onProgress: (phase, done, total) =>
        world.progress.report({
          phase: `${phase === 'read' ? 'reading' : 'writing'} file ${index + 1}/${count}`,
          unit: 'MB',
          done: megabytes(done),
          total: megabytes(total),
        }),
    });
  } catch (error) {
    if (world.signal.aborted) throw new Cancelled(soFar());
    if (error instanceof WritingFailed) throw new LackingError('storage', `${error.path}: ${error.what}.`, error.remedy);
    throw error;
  }
}
