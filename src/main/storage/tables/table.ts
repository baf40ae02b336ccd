import { csvLimits } from '../../../shared/recordings/csv';
import { units } from '../../../shared/recordings/mapping';
import { FileRefused } from '../../../shared/recordings/refusal';

/** A recording as a table: a row for each period or message, columns with names and units. */
export interface Table {
  /** One line for people. */
  readonly title: string;
  readonly rows: number;
  /** At least one; no two of the same name. */
  readonly columns: readonly TableColumn[];
  /** What the table leaves out of the recording, a sentence each. */
  readonly losses: readonly string[];
  /** Everything else that is known, as texts by name; a form that holds them loses nothing of them. */
  readonly metadata: Readonly<Record<string, string>>;
}
export type TableColumn = {
  readonly name: string;
  /** Empty for none. */
  readonly unit: string;
} & (
  | {
      readonly kind: 'number';
      readonly values: Float64Array;
      /** Rows without a value: 1; none are when absent. */
      readonly missing?: Uint8Array;
    }
  | { readonly kind: 'text'; readonly values: readonly (string | null)[] }
  | { readonly kind: 'truth'; readonly values: readonly (boolean | null)[] }
);
export type ColumnKind = TableColumn['kind'];
export type Cell = number | string | boolean | null;

/** A table without its rows. */
export interface TableShape {
  readonly title: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly columns: readonly {
    readonly name: string;
    readonly unit: string;
    readonly kind: ColumnKind;
    /** Whether some row has no value. */
    readonly hasGaps: boolean;
  }[];
  /** Of the column `time`, or else `logTime`, that is the clock of the rows: seconds of one of its units; undefined where none is. */
  readonly clock: { readonly column: number; readonly factor: number } | undefined;
}
/** Rows of a table, some at a time, in order. */
export interface TablePiece {
  /** Number of its first row. */
  readonly from: number;
  readonly rows: number;
  readonly columns: readonly TableColumn[];
}
/** Writes a table piece by piece: the head, each piece, the end. */
export interface PieceWriter {
  head(): Iterable<Uint8Array | string>;
  rows(piece: TablePiece): Iterable<Uint8Array | string>;
  end(): Iterable<Uint8Array | string>;
}

/** Values of a piece: some MB. */
const PIECE_VALUES = 1 << 18;
/** Rows of a piece of a table with so many columns. */
export const rowsOfPiece = (columns: number): number => Math.max(1, Math.floor(PIECE_VALUES / Math.max(1, columns)));

export function shapeOf({ title, metadata, columns, rows }: Table): TableShape {
  const gaps = (column: TableColumn) => (column.kind === 'number' ? column.missing !== undefined : column.values.includes(null));
  return {
    title,
    metadata,
    columns: columns.map((column) => ({ name: column.name, unit: column.unit, kind: column.kind, hasGaps: gaps(column) })),
    clock: clockOf(columns, (column, factor) => {
      const { values, missing } = columns[column] as Extract<TableColumn, { kind: 'number' }>;
      for (let row = 0; row < rows; row++) if (missing?.[row] === 1 || !isTime(values[row]! * factor)) return false;
      return true;
    }),
  };
}
/** The clock of a table. @param tells  whether every row of a column of numbers, times the factor, is a time */
export function clockOf(
  columns: readonly { readonly name: string; readonly unit: string; readonly kind: ColumnKind }[],
  tells: (column: number, factor: number) => boolean,
): TableShape['clock'] {
  const named = ['time', 'logTime'].map((name) => columns.findIndex((column) => column.name === name)).find((index) => index >= 0);
  if (named === undefined || columns[named]!.kind !== 'number') return undefined;
  const { unit } = columns[named]!;
  const factor = unit === '' ? 1 : units['time']![unit];
  return factor !== undefined && tells(named, factor) ? { column: named, factor } : undefined;
}
/** Beyond 1.8e10 s, nanoseconds do not fit into 64 bits. */
export const isTime = (seconds: number): boolean => seconds >= 0 && seconds < 1.8e10;

/** A whole table in pieces. */
export function* piecesOf({ rows, columns }: Pick<Table, 'rows' | 'columns'>, most = rowsOfPiece(columns.length)): Generator<TablePiece> {
  for (let from = 0; from < rows; from += most) {
    const to = Math.min(rows, from + most);
    yield {
      from,
      rows: to - from,
      columns: columns.map((column) =>
        column.kind === 'number'
          ? {
              ...column,
              values: column.values.subarray(from, to),
              ...(column.missing === undefined ? {} : { missing: column.missing.subarray(from, to) }),
            }
          : ({ ...column, values: column.values.slice(from, to) } as TableColumn),
      ),
    };
  }
}
/** A whole table, written. */
export function* writtenBy(writer: PieceWriter, table: Table): Generator<Uint8Array | string> {
  yield* writer.head();
  for (const piece of piecesOf(table)) yield* writer.rows(piece);
  yield* writer.end();
}

/** What stands in a row; null where nothing does, which is not NaN. */
export const cellOf = (column: TableColumn, row: number): Cell =>
  column.kind === 'number' && column.missing?.[row] === 1 ? null : (column.values[row] ?? null);

/** Numbers that JSON and the grammar of numbers have no digits for, as this house writes them. */
export const numberWords: ReadonlyMap<string, number> = new Map([
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
]);
/** A number as the shortest text that gives the same bits again. */
export const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
/** Text as UTF-8 can hold it: halves of characters, which JSON can say, become \uFFFD. */
export const wellFormed = (text: string): string => text.replace(/\p{Surrogate}/gu, '\uFFFD');

/** Names that a form had to change, made different again: a second `a` becomes `a (2)`. */
export function distinct(names: readonly string[]): string[] {
  const used = new Set<string>();
  return names.map((name) => {
    let free = name;
    for (let n = 2; used.has(free) || (free !== name && names.includes(free)); n++) free = `${name} (${n})`;
    used.add(free);
    return free;
  });
}

/** What a table of a file may hold, so that it fits the memory whatever the file claims. */
export const tableLimits = {
  columns: csvLimits.columns,
  /** Characters of a text. */
  field: csvLimits.field,
  /** Rows times columns. */
  values: csvLimits.values,
  /** Characters of all texts together, and what it takes to keep them. */
  characters: 1 << 28,
} as const;

/** @throws FileRefused when a table would be larger than the limits, before anything is made for it */
export function checkSize(file: string, rows: number, columns: number): void {
  if (columns > tableLimits.columns)
    throw new FileRefused(file, 'limit', `${columns} columns are not a log of at most ${tableLimits.columns}`, 'Export fewer columns.');
  if (!(rows * columns <= tableLimits.values)) {
    const found = `${rows} rows of ${columns} columns are not a table of at most ${tableLimits.values} values`;
    throw new FileRefused(file, 'limit', found, 'Split the file, or thin it out.');
  }
}

/** @throws FileRefused for columns that cannot be told apart by name, and for none at all */
export function checkNames(file: string, names: readonly string[]): void {
  if (names.length === 0) throw new FileRefused(file, 'empty', 'a table without a column is not a recording', 'Choose another file.');
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new FileRefused(file, 'columns', `two columns called "${twice.slice(0, 60)}" are not told apart`, 'Give each a name of its own.');
}

/** Takes the cells of one column in the order of their rows. */
export class ColumnBuilder {
  private readonly numbers: Float64Array;
  private readonly gaps: Uint8Array;
  private readonly others: (string | boolean | null)[];

  /** @param size  rows, known before anything is made */
  constructor(
    private readonly name: string,
    private readonly unit: string,
    private readonly kind: ColumnKind,
    size: number,
  ) {
    this.numbers = new Float64Array(kind === 'number' ? size : 0);
    this.gaps = new Uint8Array(kind === 'number' ? size : 0).fill(1);
    this.others = kind === 'number' ? [] : new Array<null>(size).fill(null);
  }

  /** A row that is never set has no value. @param cell  of the column's kind */
  set(row: number, cell: Cell): void {
    if (this.kind !== 'number') this.others[row] = cell as string | boolean | null;
    else if (cell !== null) {
      this.gaps[row] = 0;
      this.numbers[row] = cell as number;
    }
  }

  /** All rows are without a value again. */
  clear(): void {
    this.gaps.fill(1);
    this.others.fill(null);
  }

  /** @param rows  that were set; all of them unless said, and an array of their own is made otherwise */
  build(rows?: number): TableColumn {
    const { name, unit, kind } = this;
    if (rows !== undefined) {
      const [values, missing] = [this.numbers.slice(0, rows), this.gaps.slice(0, rows)];
      return (
        kind === 'number'
          ? { name, unit, kind, values, ...(missing.includes(1) ? { missing } : {}) }
          : { name, unit, kind, values: this.others.slice(0, rows) }
      ) as TableColumn;
    }
    if (kind === 'number') return { name, unit, kind, values: this.numbers, ...(this.gaps.includes(1) ? { missing: this.gaps } : {}) };
    return { name, unit, kind, values: this.others } as TableColumn;
  }
}

/** Counts the characters of texts. @throws FileRefused beyond the limits */
export class TextMeter {
  private sum = 0;
  /** A column of a few words keeps each of them once. */
  private readonly words = new Map<string, string>();
  constructor(private readonly file: string) {}
  take(text: string, row: number, columnName: string): string {
    if (text.length > tableLimits.field) {
      const found = `row ${row + 1}: a text of ${text.length} characters is not one of at most ${tableLimits.field}`;
      throw new FileRefused(this.file, 'limit', found, 'Leave the column out.', { columnName });
    }
    const known = this.words.get(text);
    if (known === undefined && this.words.size < 4096) this.words.set(text, text);
    this.sum += text.length + (known === undefined ? 32 : 8);
    if (this.sum > tableLimits.characters)
      throw new FileRefused(this.file, 'limit', 'the texts take more than 256 MB', 'Leave columns of text out, or split the file.');
    return known ?? text;
  }
}
