import Papa from 'papaparse';
import type { FieldCutter } from '../../shared/recordings/csv';

/**
 * Cuts CSV text into rows of fields with papaparse's low-level parser, and nothing else: no types are guessed, no rows
 * are dropped, no lines are counted here.
 */
export const cutWithPapaparse: FieldCutter = (text, { delimiter, newline }, last) => {
  const parser = new Papa.Parser({ delimiter, newline, quoteChar: '"' }) as unknown as LowLevelParser;
  const { data, errors, meta } = parser.parse(text, 0, !last);
  // While a piece ends inside a field, papaparse complains about that unfinished row; the next piece will tell.
  const error = errors.find((candidate) => candidate.type === 'Quotes' && (last || candidate.row < data.length));
  const rows = last && text.endsWith(newline) && isBlank(data.at(-1)) ? data.slice(0, -1) : data; // what follows the last line end is no row
  // A piece without any quote is split on line ends; the carriage return of CRLF then stays on the last field.
  const clean = newline === '\n' && text.includes('\r') ? rows.map(withoutCarriageReturn) : rows;
  return {
    rows: clean,
    consumed: last ? text.length : meta.cursor,
    fault: error === undefined ? undefined : { row: error.row, kind: error.code === 'MissingQuotes' ? 'unclosed' : 'trailing' },
  };
};

const isBlank = (row: string[] | undefined) => row?.length === 1 && row[0] === '';

interface LowLevelParser {
  parse(
    text: string,
    baseIndex: number,
    ignoreLastRow: boolean,
  ): { data: string[][]; errors: { type: string; code: string; row: number }[]; meta: { cursor: number } };
}

function withoutCarriageReturn(row: string[]): string[] {
  const end = row.length - 1;
  if (row[end]!.endsWith('\r')) row[end] = row[end]!.slice(0, -1);
  return row;
}
