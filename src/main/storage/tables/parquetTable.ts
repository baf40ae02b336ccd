import { setImmediate } from 'node:timers/promises';
import type { CsvHeader, CsvTable, WantedColumn } from '../../../shared/recordings/csv';
import { csvLimits } from '../../../shared/recordings/csv';
import { numberFault, readNumber } from '../../../shared/recordings/number';
import { FileRefused, type Note } from '../../../shared/recordings/refusal';
import type { ParquetColumn } from './parquetClaims';
import { ParquetFile, type ParquetCell } from './parquetFile';
import { checkSize, ColumnBuilder, TextMeter, type Table, type TableColumn } from './table';

/** Whether the name is that of a Parquet file. */
export const isParquet = (path: string): boolean => /\.parquet$/i.test(path);

/**
 * Reads a Parquet file of flat columns as a table. Dates and times become seconds, decimals and whole numbers numbers.
 *
 * @param onColumn  called before each column with its place; what it throws ends the reading
 * @throws FileRefused as ParquetFile does
 */
export async function readParquetTable(path: string, onColumn: (index: number, count: number) => void = () => {}): Promise<Table> {
  const file = ParquetFile.open(path);
  try {
    const { title, units, metadata, losses } = saidBy(file);
    checkSize(path, file.rows, file.columns.length);
    const meter = new TextMeter(path);
    const columns: TableColumn[] = [];
    for (const [index, { name, kind, unit, was }] of file.columns.entries()) {
      await setImmediate(); // lets a signal in
      onColumn(index, file.columns.length);
      const builder = new ColumnBuilder(name, units.get(name) ?? unit, kind, file.rows);
      let rounded = 0;
      file.read(index, (cell, row) => {
        if (typeof cell === 'bigint') {
          const value = Number(cell);
          if (BigInt(value) !== cell) rounded++;
          builder.set(row, value);
        } else builder.set(row, typeof cell === 'string' ? meter.take(cell, row, name) : cell);
      });
      if (was === 'dates') losses.push(`The dates of "${name}" become seconds since 1970, to some 16 digits.`);
      if (was === 'decimals') losses.push(`The decimals of "${name}" become numbers of 64 bits, which may round them.`);
      if (rounded > 0) losses.push(`${rounded} whole numbers of "${name}" have more digits than a number holds and are rounded.`);
      columns.push(builder.build());
    }
    return { title, rows: file.rows, columns, losses, metadata };
  } finally {
    file.close();
  }
}

/** The texts of a file's metadata by name, the first of each name. @throws FileRefused as ParquetFile does */
export function parquetTexts(path: string): Readonly<Record<string, string>> {
  const file = ParquetFile.open(path);
  file.close();
  return saidBy(file).metadata;
}

/**
 * Reads numbers from a Parquet file as readCsv reads them from CSV: units stand among the remarks, rows take the place of lines.
 *
 * @throws FileRefused as ParquetFile does, and for a cell of a wanted column that is no finite number
 */
export function readParquetLog(path: string, choose: (header: CsvHeader) => readonly WantedColumn[], signal?: AbortSignal): CsvTable {
  const file = ParquetFile.open(path);
  try {
    const { title, units, metadata } = saidBy(file);
    const names = file.columns.map(({ name }) => name);
    const said = names.map((name) => units.get(name) ?? '').map((unit) => (unit === '' ? '1' : unit));
    const remarks = new Map([...Object.entries(metadata), ['title', title] as const]);
    if (units.size > 0) remarks.set('units', said.join(','));
    const header: CsvHeader = { names, unnamed: names.map(() => false), remarks };
    const wanted = choose(header);
    checkSize(path, file.rows, Math.max(1, wanted.length));
    if (file.rows === 0)
      throw new FileRefused(path, 'empty', 'a table without any row is not a recording', 'Choose another file, or record again.');
    const bad: FileRefused[] = [];
    let more = 0;
    const columns = wanted.map(({ index, mayRound }) => {
      signal?.throwIfAborted();
      const values = new Float64Array(file.rows);
      const column = file.columns[index]!;
      file.read(index, (cell, row) => {
        const value = numberIn(cell, mayRound ?? false);
        if (Number.isFinite(value)) values[row] = value;
        else if (bad.length < csvLimits.told) bad.push(noNumber(path, column, cell, row, index));
        else more++;
      });
      return values;
    });
    const [first, ...others] = bad;
    if (first !== undefined) throw new FileRefused(path, first.code, first.found, first.remedy, first.place, others, more);
    return { header, rows: file.rows, columns, lines: Uint32Array.from({ length: file.rows }, (_, row) => row + 1), notes: notesOf(file) };
  } finally {
    file.close();
  }
}

/** NaN for what is no number, or loses digits without leave. */
function numberIn(cell: ParquetCell, mayRound: boolean): number {
  if (typeof cell === 'number') return cell;
  if (typeof cell === 'bigint') return mayRound || BigInt(Number(cell)) === cell ? Number(cell) : NaN;
  return typeof cell === 'string' ? readNumber(cell, '.', mayRound) : NaN;
}
function noNumber(path: string, { name }: ParquetColumn, cell: ParquetCell, row: number, index: number): FileRefused {
  const what =
    cell === null
      ? 'a missing value is not a number'
      : typeof cell === 'bigint'
        ? `"${cell}" has more digits than a number can hold`
        : numberFault(String(cell));
  return new FileRefused(path, 'number', what, 'Correct the cell, or take its row out of the file.', {
    line: row + 1,
    column: index + 1,
    columnName: name,
  });
}
function notesOf({ columns }: ParquetFile): Note[] {
  const dates = columns.filter(({ was }) => was === 'dates').map(({ name }) => `"${name}"`);
  return dates.length === 0 ? [] : [{ code: 'dates', text: `Dates are taken as seconds since 1970 (${dates.slice(0, 5).join(', ')}).` }];
}

/** What other programs write about their own types. */
const OTHERS = ['ARROW:schema', 'pandas'];

/** What the metadata says: our own title and units, if they are there, stand before what has the same names. */
function saidBy({ texts }: ParquetFile) {
  let title: string | undefined;
  let units: ReadonlyMap<string, string> | undefined;
  const metadata: Record<string, string> = Object.create(null) as Record<string, string>;
  const losses: string[] = [];
  for (const [key, value] of texts) {
    const found = key === 'units' && units === undefined ? unitsIn(value) : undefined;
    if (found !== undefined) units = found;
    else if (key === 'title' && title === undefined) title = value;
    else if (OTHERS.includes(key)) losses.push(`What ${key} says of its own types is left out.`);
    else if (!Object.hasOwn(metadata, key)) metadata[key] = value;
    else losses.push(`The file says "${key.slice(0, 60)}" twice; the first one is kept.`);
  }
  return { title: title ?? '', units: units ?? new Map<string, string>(), metadata, losses };
}
function unitsIn(text: string): Map<string, string> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value);
    return entries.every(([, unit]) => typeof unit === 'string') ? new Map(entries as [string, string][]) : undefined;
  } catch {
    return undefined;
  }
}
