import { looksNumeric, readNumber } from '../../../shared/recordings/number';
import { EPISODE_FORMAT } from '../../../shared/episodes/record';
import {
  cellOf,
  distinct,
  numberText,
  numberWords,
  shapeOf,
  wellFormed,
  writtenBy,
  type PieceWriter,
  type Table,
  type TableColumn,
  type TableShape,
} from './table';

/** Lines of a piece of text. */
const LINES = 4096;

/**
 * A table as CSV in the plain form of the house: remarks, a header, numbers that give the same bits again; a missing value is an
 * empty field, and what is no number (NaN, Infinity) stands as a word. `csvLosses` says what this form cannot hold.
 */
export const csvWriter = ({ title, columns: shown }: TableShape): PieceWriter => ({
  *head() {
    const units = shown.map(({ unit }) => (unit === '' || !unitStands(unit) ? '1' : unit));
    yield `# title: ${oneLine(title)}\n# units: ${units.join(',')}\n${headerNames(shown).map(field).join(',')}\n`;
  },
  *rows({ rows, columns }) {
    for (let from = 0; from < rows; from += LINES) {
      const lines: string[] = [];
      for (let row = from; row < Math.min(rows, from + LINES); row++) lines.push(columns.map((column) => cell(column, row)).join(','));
      yield lines.join('\n') + '\n';
    }
  },
  *end() {},
});
/** The whole file, in pieces. */
export const csvText = (table: Table): Iterable<string> => writtenBy(csvWriter(shapeOf(table)), table) as Iterable<string>;

/** What CSV loses of a table beyond what the table itself leaves out: a sentence each; with none, reading it gives the same table. */
export function csvLosses(table: Table): string[] {
  const { title, columns, metadata } = table;
  const losses: string[] = [];
  const keys = Object.keys(metadata);
  if (metadata['format'] === EPISODE_FORMAT)
    losses.push('CSV has no place for the setup, the limits and the versions; the recording keeps them.');
  else if (keys.length > 0) losses.push(`CSV has no place for what else the file says of itself (${some(keys)}).`);
  if (oneLine(title) !== title) losses.push('CSV has one line for the title; line breaks and blanks at its ends are left out.');
  const badUnits = columns.filter(({ unit }) => !unitStands(unit));
  if (badUnits.length > 0) losses.push(`CSV cannot say the unit of ${some(namesOf(badUnits))}: it is 1, or holds a comma or line break.`);
  const names = headerNames(columns);
  const renamed = columns.filter(({ name }, i) => names[i] !== name);
  if (renamed.length > 0) losses.push(`CSV cannot hold the name of ${some(namesOf(renamed))} as it is; it is changed a little.`);
  const texts = columns.flatMap((column) => (column.kind === 'text' ? [column] : []));
  const [empty, odd, cut] = [texts.filter(hasEmpty), texts.filter(hasOdd), texts.filter(hasReturnAtEnd)];
  if (empty.length > 0) losses.push(`CSV cannot tell an empty text from a missing one; in ${some(namesOf(empty))} both will be missing.`);
  if (odd.length > 0) losses.push(`Texts in ${some(namesOf(odd))} hold zero bytes or halves of characters; they stand as \uFFFD.`);
  if (cut.length > 0) losses.push(`Texts in ${some(namesOf(cut))} end in a carriage return, which CSV readers take for the line end.`);
  const likeNumbers = texts.filter(({ values }) => present(values).every(readsAsNumber));
  const likeTruth = texts.filter(
    ({ values }) => present(values).length > 0 && present(values).every((text) => /^(true|false)$/.test(text)),
  );
  const noTruth = columns.filter((column) => column.kind === 'truth' && column.values.every((value) => value === null));
  if (likeNumbers.length > 0) losses.push(`The texts of ${some(namesOf(likeNumbers))} will be read as numbers or as missing ones.`);
  if (likeTruth.length > 0) losses.push(`The texts of ${some(namesOf(likeTruth))} will be read as true and false.`);
  if (noTruth.length > 0) losses.push(`In ${some(namesOf(noTruth))} no true or false is left; read again, numbers are missing there.`);
  return losses;
}

function cell(column: TableColumn, row: number): string {
  const value = cellOf(column, row);
  return value === null ? '' : typeof value === 'number' ? numberText(value) : field(String(value));
}

/** A header of numbers would be taken for data, and blanks around a name are dropped by readers. */
function headerNames(columns: readonly { readonly name: string }[]): string[] {
  const names = columns.map(({ name }, i) => oneLine(clean(name)) || `#${i + 1}`);
  return distinct(names.every((name) => looksNumeric(name)) ? names.map((name) => `column ${name}`) : names);
}

const field = (text: string): string => {
  const shown = clean(text);
  return /[",;\t\r\n]|^[#\uFEFF]/.test(shown) ? `"${shown.replaceAll('"', '""')}"` : shown;
};
const clean = (text: string): string => wellFormed(text.replaceAll('\0', '\uFFFD'));
const oneLine = (text: string): string => clean(text).replace(/\s+/g, ' ').trim();
const unitStands = (unit: string): boolean => unit === '' || (oneLine(unit) === unit && !unit.includes(',') && unit !== '1');

type Texts = Extract<TableColumn, { kind: 'text' }>;
const present = (values: Texts['values']): string[] => values.filter((value): value is string => value !== null && value !== '');
const hasEmpty = ({ values }: Texts): boolean => values.includes('');
const hasOdd = ({ values }: Texts): boolean => present(values).some((text) => clean(text) !== text);
const hasReturnAtEnd = ({ values }: Texts): boolean => present(values).some((text) => text.endsWith('\r'));
const readsAsNumber = (text: string): boolean =>
  text.trim() === '' || numberWords.has(text) || !Number.isNaN(readNumber(text)) || !Number.isNaN(readNumber(text, ','));

const namesOf = (columns: readonly TableColumn[]): string[] => columns.map(({ name }) => `"${name}"`);
/** The first few of a list. */
const some = (names: readonly string[]): string =>
  names
    .slice(0, 5)
    .map((name) => (name.length > 60 ? `${name.slice(0, 60)}…` : name))
    .join(', ') + (names.length > 5 ? ` and ${names.length - 5} more` : '');
