import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { CsvReader, type CsvHeader, type CsvTable, type WantedColumn } from '../../shared/recordings/csv';
import { FileRefused } from '../../shared/recordings/refusal';
import { cutWithPapaparse } from './csvCutter';

/**
 * Reads a CSV file piece by piece, in bounded memory whatever its size.
 *
 * @param path    as the user gave it; it stands in every sentence
 * @param choose  see CsvReader
 * @param signal  ends the reading between two pieces
 * @param each    see CsvReader
 * @param onBytes called after each piece with the place reached and the size of the file
 * @throws FileRefused when there is no such file, when it is not UTF-8 text, and for all that CsvReader refuses
 */
export async function readCsv(
  path: string,
  choose: (header: CsvHeader) => readonly WantedColumn[],
  signal?: AbortSignal,
  each?: (fields: readonly string[], line: number) => void,
  onBytes: (done: number, total: number) => void = () => {},
): Promise<CsvTable> {
  const size = await checkFile(path);
  const reader = new CsvReader(path, cutWithPapaparse, choose, each);
  const file = createReadStream(path, { highWaterMark: 1 << 18, signal });
  for await (const text of utf8Pieces(path, file)) {
    reader.push(text);
    onBytes(file.bytesRead, size);
  }
  return reader.end();
}

/** @returns its size in bytes */
async function checkFile(path: string): Promise<number> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (found instanceof Error) {
    const why =
      found.code === 'ENOENT' || found.code === 'ENOTDIR'
        ? 'there is no such file'
        : found.code === 'EACCES'
          ? 'the file may not be read'
          : found.message;
    throw new FileRefused(
      path,
      'missing',
      why,
      found.code === 'EACCES'
        ? 'Give yourself leave to read it.'
        : 'Check the path; what follows "@" or "+" must be a window or a known key.',
    );
  }
  if (found.isDirectory()) throw new FileRefused(path, 'missing', 'a folder is not a recording', 'Name the files inside it.');
  if (/\.(mcap|parquet|h5|hdf5|mat|xlsx?|ods)$/i.test(path)) {
    throw new FileRefused(path, 'kind', 'a file of this kind is not CSV', 'Export it as CSV.');
  }
  return found.size;
}

/** Decodes strictly: a byte that is not UTF-8 is refused with its line, never replaced. */
async function* utf8Pieces(path: string, bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 1;
  let first = true;
  for await (const piece of bytes) {
    if (first && ((piece[0] === 0xff && piece[1] === 0xfe) || (piece[0] === 0xfe && piece[1] === 0xff))) {
      throw new FileRefused(path, 'encoding', 'text in UTF-16 is not text in UTF-8', 'Save the file as UTF-8.', { line: 1 });
    }
    first = false;
    yield decode(piece, false);
    line += newlines(piece);
  }
  yield decode(new Uint8Array(0), true);

  function decode(piece: Uint8Array, last: boolean): string {
    try {
      return decoder.decode(piece, { stream: !last });
    } catch {
      // The characters before the first that cannot be decoded tell its line.
      const lenient = new TextDecoder('utf-8').decode(piece);
      const before = lenient.slice(0, Math.max(0, lenient.indexOf('\uFFFD')));
      throw new FileRefused(path, 'encoding', 'a byte that is not UTF-8 is not text', 'Save the file as UTF-8.', {
        line: line + before.split('\n').length - 1,
      });
    }
  }
}

function newlines(piece: Uint8Array): number {
  let count = 0;
  for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) count++;
  return count;
}
