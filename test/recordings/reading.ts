import { cutWithPapaparse } from '../../src/main/storage/csvCutter';
import { CsvReader, type CsvHeader, type CsvTable } from '../../src/shared/recordings/csv';

/** Reads `text` as it would come from a file, in pieces of `size` characters; every column is wanted unless names are given. */
export function readText(text: string, size = 1 << 16, wanted?: readonly string[]): CsvTable {
  const choose = ({ names }: CsvHeader) =>
    wanted === undefined ? names.map((_, index) => ({ index })) : wanted.map((name) => ({ index: names.indexOf(name) }));
  const reader = new CsvReader('log.csv', cutWithPapaparse, choose);
  for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
  return reader.end();
}
