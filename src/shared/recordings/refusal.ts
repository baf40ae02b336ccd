/** Where something stands in a text file. Lines and columns count from 1; a column is a field, not a character. */
export interface Place {
  readonly line?: number;
  readonly column?: number;
  /** The column's name in the header, or the role it was mapped to when it has none. */
  readonly columnName?: string;
}

/**
 * A file that cannot be taken as it is. One sentence in the words of the file, and what to do about it.
 * The text form is `file:line:column: what was found is not what was wanted (column name). What to do.`
 */
export class FileRefused extends Error {
  constructor(
    readonly file: string,
    /** A stable word for scripts: `number`, `ragged`, `quote`, `encoding`, `clock`, … */
    readonly code: string,
    /** What was found and what was wanted, without a full stop and without the column's name. */
    readonly found: string,
    readonly remedy: string,
    readonly place: Place = {},
    /** What else is wrong with the same file, in its order; the first few. */
    readonly others: readonly FileRefused[] = [],
    /** How many more there are beyond those. */
    readonly more = 0,
  ) {
    super(`${found}${place.columnName === undefined ? '' : ` (${place.columnName})`}.`);
    this.name = 'FileRefused';
  }

  /** `file:line:column: message remedy`, as it is printed. */
  get sentence(): string {
    return `${[this.file, this.place.line, this.place.column].filter((part) => part !== undefined).join(':')}: ${this.message} ${this.remedy}`;
  }
}

/** A recording specification, mapping or window that cannot be meant: the caller's words are wrong, not the file. */
export class MappingError extends Error {
  constructor(
    message: string,
    readonly remedy: string,
    readonly file?: string,
  ) {
    super(message);
    this.name = 'MappingError';
  }
}

/** Something that was recognised or assumed while a file was read, and that the engineer must be told. */
export interface Note {
  readonly code: string;
  readonly text: string;
}

/** A piece of a file as it is quoted in a sentence: short, on one line, control characters visible. */
export function quoted(text: string, limit = 40): string {
  const shown = text.length > limit ? `${text.slice(0, limit)}…` : text;
  // eslint-disable-next-line no-control-regex -- control characters are exactly what must become visible
  return `"${shown.replace(/[\u0000-\u001f\u007f]/g, (c) => (c === '\n' ? '⏎' : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`))}"`;
}
