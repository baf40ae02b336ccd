import { setImmediate } from 'node:timers/promises';
import { copyMcap } from '../mcap/copyMcap';
import type { PartFile } from '../mcap/partFile';
import { readCsvPieces, surveyCsv } from '../tables/csvTable';
import { piecesOf, shapeOf } from '../tables/table';
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
 * Writes a recording or a table in another form. The new file is there whole or not at all. A CSV file of any size goes through in pieces
 * of some MB; of other files a table is held whole, within the limits of one.
 *
 * @throws FileRefused for what cannot be read; WritingFailed for what cannot be written, as where a file of the name is there
 * @throws TopicsRefused; RangeError for endings that are none of `tableKinds`; what the signal says when it is aborted
 */
export async function convertFile(conversion: Conversion): Promise<Converted> {
  const { from, to } = conversion;
  const [source, form] = [kindOf(from), kindOf(to)];
  if (source === undefined || form === undefined) throw new RangeError(`${source === undefined ? from : to} is no recording and no table.`);
  if (source === 'mcap' && form === 'mcap') return copied(conversion);
  return source === 'csv' ? streamed(conversion, form) : written(conversion, form);
}

async function streamed({ from, to, library, ...listener }: Conversion, kind: TableKind): Promise<Converted> {
  const { signal, onNote } = listener;
  const survey = await surveyCsv(from, { signal, onBytes: megabytes(listener, 'read') });
  for (const note of survey.notes) onNote?.(note);
  const { shape, rows, sample } = survey;
  const form = forms[kind];
  await writeInPieces(to, async (file) => {
    const writer = form.writer(shape, from, library);
    append(file, writer.head());
    await readCsvPieces(from, survey, (piece) => append(file, writer.rows(piece)), { signal, onBytes: megabytes(listener, 'write') });
    append(file, writer.end());
    signal?.throwIfAborted();
  });
  return { kind: 'table', rows, columns: shape.columns.length, losses: form.losses(sample) };
}
function append(file: Pick<PartFile, 'append'>, pieces: Iterable<Uint8Array | string>): void {
  for (const piece of pieces) file.append(typeof piece === 'string' ? Buffer.from(piece) : piece);
}
const megabytes =
  ({ signal, onProgress }: Listener, phase: string) =>
  (done: number, total: number) => {
    signal?.throwIfAborted();
    onProgress?.({ phase, done: Math.round(done / 1e6), total: Math.round(total / 1e6), unit: 'MB' });
  };

async function written({ from, to, topics, library, ...listener }: Conversion, kind: TableKind): Promise<Converted> {
  const { signal, onProgress } = listener;
  const table = await readTable(from, topics, listener);
  const { rows, columns } = table;
  const form = forms[kind];
  await writeInPieces(to, async (file) => {
    const writer = form.writer(shapeOf(table), from, library);
    append(file, writer.head());
    for (const piece of piecesOf(table)) {
      onProgress?.({ phase: 'write', done: piece.from, total: rows, unit: 'row' });
      append(file, writer.rows(piece));
      await setImmediate(); // lets a signal in
      signal?.throwIfAborted();
    }
    append(file, writer.end());
    signal?.throwIfAborted();
  });
  return { kind: 'table', rows, columns: columns.length, losses: [...table.losses, ...form.losses(table)] };
}

async function copied({ from, to, topics, library, ...listener }: Conversion): Promise<Converted> {
  const { signal } = listener;
  if (topics !== undefined) await checkTopics(from, topics, listener);
  let copy: Awaited<ReturnType<typeof copyMcap>> | undefined;
  await writeInPieces(to, async (file) => {
    copy = await copyMcap(from, topics, file, library, megabytes(listener, 'copy'));
    signal?.throwIfAborted();
  });
  const { messages, topics: count, losses } = copy!;
  return { kind: 'copy', messages, topics: count, losses };
}
