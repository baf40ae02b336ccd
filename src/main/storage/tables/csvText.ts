import type { Table, TableColumn } from './table';

/** Pieces of so many rows are written at a time. */
const ROWS_A_PIECE = 4096;

/**
 * A table as CSV in the plain form of the house: remarks, a header, numbers that give the same bits again; a missing value is an
 * empty field, and what is no number stands as a word.
 */
export function* csvText({ title, rows, columns }: Table): Generator<string> {
  const units = columns.map(({ unit }) => (unit === '' ? '1' : unit));
  yield `# title: ${oneLine(title)}\n# units: ${units.join(',')}\n${columns.map(({ name }) => field(name)).join(',')}\n`;
  for (let from = 0; from < rows; from += ROWS_A_PIECE) {
    const lines: string[] = [];
    for (let row = from; row < Math.min(rows, from + ROWS_A_PIECE); row++) lines.push(columns.map((column) => cell(column, row)).join(','));
    yield lines.join('\n') + '\n';
  }
}
/** What CSV loses of a table beyond what the table itself leaves out. */
export const csvLosses = ({ metadata }: Table): string[] =>
  Object.keys(metadata).length === 0 ? [] : ['CSV has no place for the setup, the limits and the versions; the recording keeps them.'];

function cell(column: TableColumn, row: number): string {
  if (column.kind === 'number') {
    if (column.missing?.[row] === 1) return '';
    const value = column.values[row]!;
    return Object.is(value, -0) ? '-0' : String(value);
  }
  const value = column.values[row];
  return value === null || value === undefined ? '' : field(String(value));
}
const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');
