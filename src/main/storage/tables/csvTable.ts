import { readNumber, type DecimalMark } from '../../../shared/recordings/number';
import { FileRefused, type Note } from '../../../shared/recordings/refusal';
import { readCsv } from '../readCsv';
import {
  checkNames,
  checkSize,
  clockOf,
  ColumnBuilder,
  isTime,
  numberWords,
  rowsOfPiece,
  TextMeter,
  type Cell,
  type ColumnKind,
  type Table,
  type TablePiece,
  type TableShape,
} from './table';

/** What a first reading of a CSV file finds, whatever its size. */
export interface CsvSurvey {
  readonly shape: TableShape;
  readonly rows: number;
  readonly mark: DecimalMark;
  readonly notes: readonly Note[];
  /**
   * A table of the same columns whose few rows stand for all: what a form loses of it, it loses of the whole.
   */
  readonly sample: Table;
}
/** Whoever waits for a file: may end the reading, and hears how far it is. */
export interface CsvListener {
  readonly signal?: AbortSignal | undefined;
  /** With the place reached and the size of the file. */
  readonly onBytes?: ((done: number, total: number) => void) | undefined;
}
/** How large a piece is at most: rows, and characters of its texts, unless its last row has more. */
export interface PieceSize {
  readonly rows: number;
  readonly characters: number;
}
const usualPiece = (columns: number): PieceSize => ({ rows: rowsOfPiece(columns), characters: 1 << 23 });
const wholePiece: PieceSize = { rows: Infinity, characters: Infinity };

/**
 * Finds what the columns of a CSV file with a header are, in memory that does not grow with the file.
 * A column holds numbers when every field of it that is not empty is one, or one of the words NaN, Infinity and -Infinity; truth
 * when every such field is `true` or `false`; text otherwise, to the last blank. An empty field has no value, nor have blanks among numbers.
 *
 * @param onRow  called with the number of rows so far and that of columns; what it throws ends the reading
 * @throws FileRefused for all that CsvReader refuses, and for two columns of one name
 */
export async function surveyCsv(
  path: string,
  { signal, onBytes }: CsvListener,
  onRow: (rows: number, columns: number) => void = () => {},
): Promise<CsvSurvey> {
  let found: Finding[] = [];
  let rows = 0;
  const first = await readCsv(
    path,
    ({ names }) => {
      checkNames(path, names);
      found = names.map(() => new Finding());
      return [];
    },
    signal,
    (fields) => {
      for (let i = 0; i < fields.length; i++) found[i]!.take(fields[i]!);
      onRow(++rows, fields.length);
    },
    onBytes,
  );
  const { names, remarks } = first.header;
  // a file has one decimal mark; the comma only where some column makes sense in no other way
  const mark = found.some((one) => one.isNumber(',') && !one.isNumber('.')) && !found.some((one) => one.needsPoint) ? ',' : '.';
  const units = unitsOf(remarks.get('units'), names.length);
  const columns = names.map((name, i) => ({ name, unit: units[i]!, kind: found[i]!.kind(mark), hasGaps: found[i]!.hasGaps(rows, mark) }));
  const title = remarks.get('title') ?? '';
  const metadata = Object.fromEntries([...remarks].filter(([key]) => key !== 'title' && key !== 'units'));
  const clock = clockOf(columns, (column, factor) => !columns[column]!.hasGaps && found[column]!.tellsTime(mark, factor));
  return {
    shape: { title, metadata, columns, clock },
    rows,
    mark,
    notes: mark === ',' ? [...first.notes, { code: 'csvForm', text: 'Read with decimal commas.' }] : first.notes,
    sample: {
      title,
      metadata,
      rows: 0,
      losses: [],
      columns: columns.map(({ name, unit, kind }, i) =>
        kind === 'number'
          ? { name, unit, kind, values: new Float64Array(0) }
          : kind === 'truth'
            ? { name, unit, kind, values: [true] }
            : { name, unit, kind, values: found[i]!.witnesses },
      ),
    },
  };
}

/**
 * Reads a CSV file that was looked through before, in pieces of some MB.
 *
 * @param onPiece  takes each piece before the next one is read
 * @throws FileRefused when it is not what it was
 */
export async function readCsvPieces(
  path: string,
  { shape: { columns }, rows, mark }: CsvSurvey,
  onPiece: (piece: TablePiece) => void,
  { signal, onBytes }: CsvListener,
  most: PieceSize = usualPiece(columns.length),
): Promise<void> {
  const size = Math.min(rows, most.rows);
  const builders = columns.map(({ name, unit, kind }) => new ColumnBuilder(name, unit, kind, size));
  let [row, from, characters] = [0, 0, 0];
  const changed = () => new FileRefused(path, 'changed', 'a file that changes while it is read is not a recording', 'Read it again.');
  const hand = () => {
    if (row > from) onPiece({ from, rows: row - from, columns: builders.map((one) => one.build(row - from)) });
    for (const builder of builders) builder.clear();
    from = row;
    characters = 0;
  };
  await readCsv(
    path,
    () => [],
    signal,
    (fields) => {
      if (row >= rows || fields.length !== columns.length) throw changed();
      for (let i = 0; i < fields.length; i++) {
        const field = fields[i]!;
        const { kind } = columns[i]!;
        if (kind === 'text') characters += field.length;
        builders[i]!.set(row - from, cellIn(field, kind, mark));
      }
      row++;
      if (row - from === size || characters > most.characters) hand();
    },
    onBytes,
  );
  if (row !== rows) throw changed();
  hand();
}

/**
 * Reads any CSV file with a header as a table.
 *
 * @throws FileRefused as `surveyCsv` does, and beyond the limits of a table
 */
export async function readCsvTable(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly table: Table; readonly notes: readonly Note[] }> {
  const survey = await surveyCsv(path, { signal }, (rows, count) => checkSize(path, rows, count));
  const { shape, rows, notes } = survey;
  const meter = new TextMeter(path);
  let columns: Table['columns'] = [];
  const take = (piece: TablePiece) => {
    columns = piece.columns.map((column) => {
      if (column.kind !== 'text') return column;
      return { ...column, values: column.values.map((text, row) => (text === null ? null : meter.take(text, row, column.name))) };
    });
  };
  await readCsvPieces(path, survey, take, { signal }, wholePiece);
  return { table: { title: shape.title, rows, columns, losses: [], metadata: shape.metadata }, notes };
}

/** What the fields of a column have in common so far. */
class Finding {
  private fields = 0;
  private points = 0;
  private commas = 0;
  private truths = 0;
  private pointed = 0;
  private hasBlank = false;
  private hasWord = false;
  private readonly range = { '.': [Infinity, -Infinity] as [number, number], ',': [Infinity, -Infinity] as [number, number] };
  private noNumber: string | undefined;
  private noTruth: string | undefined;
  private endsInReturn: string | undefined;

  take(field: string): void {
    if (field === '') return;
    this.fields++;
    if (field.charCodeAt(field.length - 1) === 13) this.endsInReturn ??= field;
    if (field === 'true' || field === 'false') {
      this.truths++;
      this.noNumber ??= field;
      return;
    }
    this.noTruth ??= field;
    const value = readNumber(field, '.');
    if (value - value === 0) {
      this.number('.', value);
      // nearly all of a log: there is no comma in it
      if (field.includes('.')) this.pointed++;
      else this.number(',', value);
    } else if (numberWords.has(field) || field.trim() === '') {
      if (numberWords.has(field)) this.hasWord = true;
      else this.hasBlank = true;
      this.points++;
      this.commas++;
    } else {
      const withComma = readNumber(field, ',');
      if (withComma - withComma === 0) this.number(',', withComma);
      else this.noNumber ??= field;
    }
  }
  isNumber(mark: DecimalMark): boolean {
    return (mark === '.' ? this.points : this.commas) === this.fields;
  }
  /** A column of numbers that has a decimal point somewhere. */
  get needsPoint(): boolean {
    return this.isNumber('.') && this.pointed > 0;
  }
  kind(mark: DecimalMark): ColumnKind {
    return this.isNumber(mark) ? 'number' : this.truths === this.fields ? 'truth' : 'text';
  }
  hasGaps(rows: number, mark: DecimalMark): boolean {
    return this.fields < rows || (this.hasBlank && this.isNumber(mark)); // among texts blanks are one
  }
  /** Whether every number of the column, times the factor, is a time. */
  tellsTime(mark: DecimalMark, factor: number): boolean {
    return !this.hasWord && this.range[mark].every((seconds) => isTime(seconds * factor));
  }
  /** The few texts by which it is told what a form loses of the column: one that is no number, one that is no truth. */
  get witnesses(): string[] {
    return [this.noNumber, this.noTruth, this.endsInReturn].filter((text) => text !== undefined);
  }

  private number(mark: DecimalMark, value: number): void {
    if (mark === '.') this.points++;
    else this.commas++;
    const range = this.range[mark];
    if (value < range[0]) range[0] = value;
    if (value > range[1]) range[1] = value;
  }
}

function cellIn(field: string, kind: ColumnKind, mark: DecimalMark): Cell {
  if (field === '') return null;
  if (kind === 'text') return field;
  if (kind === 'number' && field.trim() === '') return null;
  return kind === 'truth' ? field === 'true' : (numberWords.get(field) ?? readNumber(field, mark));
}

/** Of a `# units:` remark; '1' is written for none. */
function unitsOf(said: string | undefined, count: number): string[] {
  const units = said?.split(',').map((unit) => unit.trim());
  return units?.length === count ? units.map((unit) => (unit === '1' ? '' : unit)) : new Array<string>(count).fill('');
}
