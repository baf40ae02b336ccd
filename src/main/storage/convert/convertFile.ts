import { setImmediate } from 'node:timers/promises';
import { copyMcap } from '../mcap/copyMcap';
import { writeInPieces } from '../wholeFile';
import { forms, kindOf, type TableKind } from './kinds';
import { checkTopics, readTable, type Listener } from './readTable';

export interface Conversion extends Listener {
  /** A recording or a table, by the ending of its name: .mcap, .csv, .parquet. */
  readonly from: string;
  /** The file to write; its ending says the form. */
  readonly to: string;
  /** Topics of a recording to take; a table takes one. */
  readonly topics?: readonly string[] | undefined;
  /** The program and its version, for what is written. */
  readonly library: string;
}
/** What was written, and what that loses, a sentence each. */
export type Converted =
  | { readonly kind: 'table'; readonly rows: number; readonly columns: number; readonly losses: readonly string[] }
  | { readonly kind: 'copy'; readonly messages: number; readonly topics: number; readonly losses: readonly string[] };

/**
 * Writes a recording or a table in another form. The new file is there whole or not at all.
 *
 * @throws FileRefused for what cannot be read; WritingFailed for what cannot be written, as where a file of the name is there
 * @throws TopicsRefused; RangeError for endings that are none of `tableKinds`; what the signal says when it is aborted
 */
export async function convertFile(conversion: Conversion): Promise<Converted> {
  const { from, to } = conversion;
  const [source, form] = [kindOf(from), kindOf(to)];
  if (source === undefined || form === undefined) throw new RangeError(`${source === undefined ? from : to} is no recording and no table.`);
  return source === 'mcap' && form === 'mcap' ? copied(conversion) : written(conversion, form);
}

async function written({ from, to, topics, library, ...listener }: Conversion, kind: TableKind): Promise<Converted> {
  const { signal, onProgress } = listener;
  const table = await readTable(from, topics, listener);
  const { rows, columns } = table;
  const form = forms[kind];
  onProgress?.({ phase: 'write', done: 0, total: rows, unit: 'row' });
  await writeInPieces(to, async (file) => {
    for (const piece of form.pieces(table, from, library)) {
      file.append(typeof piece === 'string' ? Buffer.from(piece) : piece);
      await setImmediate(); // lets a signal in
      signal?.throwIfAborted();
    }
  });
  return { kind: 'table', rows, columns: columns.length, losses: [...table.losses, ...form.losses(table)] };
}

async function copied({ from, to, topics, library, ...listener }: Conversion): Promise<Converted> {
  const { signal, onProgress } = listener;
  if (topics !== undefined) await checkTopics(from, topics, listener);
  let copy: Awaited<ReturnType<typeof copyMcap>> | undefined;
  await writeInPieces(to, async (file) => {
    copy = await copyMcap(from, topics, file, library, (done, total) => {
      signal?.throwIfAborted();
      onProgress?.({ phase: 'copy', done: Math.round(done / 1e6), total: Math.round(total / 1e6), unit: 'MB' });
    });
    signal?.throwIfAborted();
  });
  const { messages, topics: count, losses } = copy!;
  return { kind: 'copy', messages, topics: count, losses };
}
