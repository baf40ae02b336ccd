import { looksNumeric, markOf, numberFault, readNumber, type DecimalMark } from './number';
import { FileRefused, type Note, type Place } from './refusal';

/** How a file separates its fields and lines, as found in its first lines. */
export interface CsvForm {
  readonly delimiter: string;
  readonly newline: '\n' | '\r';
}
/** Rows cut from a piece of text; `consumed` characters of it are done with. */
export interface CutRows {
  readonly rows: readonly (readonly string[])[];
  readonly consumed: number;
  /** A quoted field that is not closed, or text after its closing quote. `row` indexes `rows`. */
  readonly fault?: { readonly row: number; readonly kind: 'unclosed' | 'trailing' };
}
/** Cuts whole rows from the start of `text`; the unfinished last row is left over unless this is the end of the file. */
export type FieldCutter = (text: string, form: CsvForm, last: boolean) => CutRows;

export interface CsvHeader {
  /** Trimmed names; an unnamed column is called `#1`, `#2`, … by its position. */
  readonly names: readonly string[];
  /** Whether column i had no name of its own. */
  readonly unnamed: readonly boolean[];
  /** `key: value` pairs of the `#` lines above the header (title, units, period, plant), keys in lower case. */
  readonly remarks: ReadonlyMap<string, string>;
}
/** A column whose every field must be a number. */
export interface WantedColumn {
  /** Index of the column, 0 for the first. */
  readonly index: number;
  /** Stamps in ns have more digits than a number holds; they may be rounded. */
  readonly mayRound?: boolean;
}
export interface CsvTable {
  readonly header: CsvHeader;
  readonly rows: number;
  /** One array of `rows` numbers for each wanted column, in the order in which they were asked for. */
  readonly columns: readonly Float64Array[];
  /** The line on which row i begins, counted from 1; empty where rows were handed out one by one and no column was asked for. */
  readonly lines: Uint32Array;
  readonly notes: readonly Note[];
}

/** Bounds that no honest log comes near; beyond them a file is refused before it can fill the memory. */
export const csvLimits = { line: 1 << 20, columns: 1024, field: 1 << 16, values: 24_000_000, told: 20 } as const;

/**
 * Reads a CSV file that arrives in pieces of text of any size, in bounded memory.
 *
 * Recognised and told in `notes`: semicolons and tabs, decimal commas, a byte-order mark, CRLF and CR line ends, quoted
 * newlines, `#` lines above the header, a missing header, unnamed columns. Refused with file, line, column and remedy:
 * ragged rows, broken quotes, anything but a number in a wanted column, and whatever exceeds `csvLimits`. Bad cells and rows
 * are gathered: the first twenty are told, the rest are counted.
 *
 * @param cut     cuts the fields (papaparse does it); counting lines and judging numbers is done here
 * @param choose  is asked once, when the header is known; may throw when a column is missing
 * @param each    is handed the fields of every whole row as they stand there, for a table of more than numbers; with it, a blank
 *                line of a file with one column is a row whose field is empty
 * @throws FileRefused from `push` and `end`
 */
export class CsvReader {
  private pending = '';
  private preamble: Preamble | undefined;
  private line = 1;
  private wanted: readonly WantedColumn[] = [];
  private columns: Float64Array[] = [];
  private lines = new Uint32Array(1024);
  private lastLine = 0;
  private rows = 0;
  private mark: DecimalMark | undefined;
  private blankLine: number | undefined;
  private quotedNewlines = false;
  private endedInNewline = true;
  private readonly found: FileRefused[] = [];
  private untold = 0;

  constructor(
    private readonly file: string,
    private readonly cut: FieldCutter,
    private readonly choose: (header: CsvHeader) => readonly WantedColumn[],
    private readonly each?: (fields: readonly string[], line: number) => void,
  ) {}

  push(text: string): void {
    this.guarded(() => this.read(text));
  }

  end(): CsvTable {
    return this.guarded(() => this.finish());
  }

  private read(text: string): void {
    if (text === '') return;
    const zero = text.indexOf('\0');
    if (zero >= 0) {
      const line = this.line + newlinesIn(this.pending) + newlinesIn(text.slice(0, zero));
      throw this.refused('binary', 'a zero byte is not text', 'Export the recording as CSV text in UTF-8.', { line });
    }
    this.pending += text;
    this.endedInNewline = text.endsWith('\n') || text.endsWith('\r');
    this.consume(false);
  }

  private finish(): CsvTable {
    this.consume(true);
    const header = this.preamble?.header;
    if (header === undefined) throw this.refused('empty', 'an empty file is not a recording', 'Choose another file.', {});
    if (this.found.length > 0) throw this.found[0]!;
    if (this.rows === 0) {
      throw this.refused('empty', 'a header without any row is not a recording', 'Choose another file, or record again.', {
        line: this.line,
      });
    }
    return {
      header,
      rows: this.rows,
      columns: this.columns.map((column) => column.slice(0, this.rows)),
      lines: this.keepsLines ? this.lines.slice(0, this.rows) : new Uint32Array(0),
      notes: this.notes(),
    };
  }

  /** Reads on after a bad cell or row, so that one reading tells them all; whatever else is wrong ends it. */
  private keep(refusal: FileRefused): void {
    if (this.found.length < csvLimits.told) this.found.push(refusal);
    else this.untold++;
  }

  private guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof FileRefused)) throw error;
      if (!this.found.includes(error)) this.keep(error);
      const [first, ...others] = this.found as [FileRefused, ...FileRefused[]];
      throw new FileRefused(first.file, first.code, first.found, first.remedy, first.place, others, this.untold);
    }
  }

  private consume(last: boolean): void {
    if (this.preamble === undefined) {
      this.preamble = readPreamble(this.file, this.pending, last, this.cut);
      if (this.preamble === undefined) {
        if (this.pending.length > csvLimits.line) throw this.tooLong(1);
        return;
      }
      this.pending = this.pending.slice(this.preamble.consumed);
      this.line = this.preamble.firstLine;
      this.wanted = this.choose(this.preamble.header);
      this.columns = this.wanted.map(() => new Float64Array(1024));
    }
    if (this.pending === '') return;
    const { rows, consumed, fault } = this.cut(this.pending, this.preamble.form, last);
    const mayHoldNewlines = this.pending.includes('"');
    for (let i = 0; i < rows.length; i++) {
      if (fault?.row === i) throw brokenQuote(this.file, rows[i]!, fault.kind, this.line);
      this.take(rows[i]!, mayHoldNewlines);
    }
    this.pending = this.pending.slice(consumed);
    if (this.pending.length > csvLimits.line) throw this.tooLong(this.line);
  }

  private take(fields: readonly string[], mayHoldNewlines: boolean): void {
    const line = this.line;
    this.line += 1 + (mayHoldNewlines ? this.newlinesWithin(fields) : 0);
    const isCell = this.each !== undefined && this.preamble!.header.names.length === 1;
    if (fields.length === 1 && fields[0]!.trim() === '' && !isCell) {
      this.blankLine ??= line;
      return;
    }
    if (this.blankLine !== undefined) {
      const remedy = 'Take the blank line out; if another recording begins below it, split the file there.';
      this.keep(this.refused('ragged', 'a blank line is not a row of the table', remedy, { line: this.blankLine }));
      this.blankLine = undefined;
    }
    const { names } = this.preamble!.header;
    if (fields.length !== names.length) {
      this.keep(this.ragged(fields, line));
      return;
    }
    let length = fields.length;
    for (let i = 0; i < fields.length; i++) {
      const size = fields[i]!.length;
      length += size;
      if (size > csvLimits.field) {
        throw this.refused(
          'limit',
          `a field of ${size} characters is not one of at most ${csvLimits.field}`,
          'Check that this is a log of numbers.',
          this.at(line, i),
        );
      }
    }
    if (length > csvLimits.line) throw this.tooLong(line);
    if (this.keepsLines && this.rows === this.lines.length) this.grow();
    for (let i = 0; i < this.wanted.length; i++) this.columns[i]![this.rows] = this.number(fields, this.wanted[i]!, line);
    this.each?.(fields, line);
    if (this.keepsLines) this.lines[this.rows] = line;
    this.lastLine = line;
    this.rows++;
  }

  /** Whoever takes rows one by one may take any number of them. */
  private get keepsLines(): boolean {
    return this.each === undefined || this.wanted.length > 0;
  }

  private number(fields: readonly string[], { index, mayRound = false }: WantedColumn, line: number): number {
    const field = fields[index]!;
    if (this.mark === undefined) {
      this.mark = markOf(field);
    }
    const value = readNumber(field, this.mark ?? '.', mayRound);
    if (value - value === 0) return value;
    const fault = numberFault(field, this.mark ?? '.');
    this.keep(this.refused('number', fault, numberRemedy(fault), this.at(line, index)));
    return NaN; // such a table is never handed over
  }

  private grow(): void {
    const capacity = this.lines.length * 2;
    if (this.rows * Math.max(1, this.wanted.length) > csvLimits.values) {
      const allowed = Math.floor(csvLimits.values / Math.max(1, this.wanted.length));
      throw this.refused(
        'limit',
        `a file of more than ${allowed} rows is not one that fits the memory set aside for it`,
        'Split the file, or thin it out.',
        {
          line: this.line,
        },
      );
    }
    this.columns = this.columns.map((old) => grown(old, new Float64Array(capacity)));
    this.lines = grown(this.lines, new Uint32Array(capacity));
  }

  private newlinesWithin(fields: readonly string[]): number {
    let count = 0;
    for (const field of fields) count += newlinesIn(field);
    if (count > 0) this.quotedNewlines = true;
    return count;
  }

  private at(line: number, index: number): Place {
    return { line, column: index + 1, columnName: this.preamble?.header.names[index] };
  }

  private ragged(fields: readonly string[], line: number): FileRefused {
    const wanted = this.preamble!.header.names.length;
    const comment = fields[0]!.trimStart().startsWith('#');
    if (comment)
      return this.refused('ragged', 'a "#" line among the rows is not a row of the table', 'Move such lines above the header.', {
        line,
        column: 1,
      });
    const found = `${fields.length} ${fields.length === 1 ? 'field is' : 'fields are'} not the ${wanted} that the header names`;
    const remedy =
      fields.length < wanted
        ? 'The row was cut short: complete it, or end the file before it.'
        : 'Take out what is too much, or name every column in the header.';
    return this.refused('ragged', found, remedy, { line, column: Math.min(fields.length, wanted) + 1 });
  }

  private tooLong(line: number): FileRefused {
    const found = `a line of more than ${csvLimits.line} characters is not a row of a log`;
    return this.refused('limit', found, 'Check that the file has line ends and that no quote was left open.', { line });
  }

  private refused(code: string, found: string, remedy: string, place: Place): FileRefused {
    return new FileRefused(this.file, code, found, remedy, place);
  }

  private notes(): Note[] {
    const { form, byteOrderMark, crlf, headerless, header } = this.preamble!;
    const notes: Note[] = [];
    const read: string[] = [];
    if (form.delimiter === ';') read.push('semicolons between fields');
    if (form.delimiter === '\t') read.push('tabs between fields');
    if (this.mark === ',') read.push('decimal commas');
    if (byteOrderMark) read.push('a byte-order mark');
    if (crlf) read.push('CRLF line ends');
    if (form.newline === '\r') read.push('CR line ends');
    if (this.quotedNewlines) read.push('line breaks inside quoted fields');
    if (read.length > 0) notes.push({ code: 'csvForm', text: `Read with ${listed(read)}.` });
    if (headerless)
      notes.push({
        code: 'noHeader',
        text: `The first line holds numbers only, so the columns are called ${header.names[0]} to ${header.names.at(-1)}.`,
      });
    const unnamed = headerless ? [] : header.names.filter((_, i) => header.unnamed[i]);
    if (unnamed.length > 0) {
      notes.push({
        code: 'unnamedColumn',
        text: `${unnamed.length === 1 ? 'A column has' : 'Columns have'} no name and ${unnamed.length === 1 ? 'is' : 'are'} called ${listed(unnamed)}.`,
      });
    }
    if (!this.endedInNewline) {
      notes.push({
        code: 'lastLineOpen',
        text: `The last line (${this.lastLine}) has no line end; if the recorder was cut off, its last number may be short of digits.`,
      });
    }
    return notes;
  }
}

interface Preamble {
  readonly form: CsvForm;
  readonly header: CsvHeader;
  readonly headerless: boolean;
  readonly byteOrderMark: boolean;
  readonly crlf: boolean;
  /** Characters up to the first row, and the line on which it stands. */
  readonly consumed: number;
  readonly firstLine: number;
}

/** Reads `#` lines and the header from the start of a file; undefined while the first row is not yet there. */
function readPreamble(file: string, text: string, last: boolean, cut: FieldCutter): Preamble | undefined {
  const byteOrderMark = text.startsWith('\uFEFF');
  const start = byteOrderMark ? 1 : 0;
  const firstEnd = /\r\n|\n|\r(?=[^\n]|$)/.exec(text);
  if (firstEnd === null && !last) return undefined;
  if (firstEnd?.[0] === '\r' && firstEnd.index === text.length - 1 && !last) return undefined; // a newline may still follow
  const newline = firstEnd?.[0] === '\r' ? '\r' : '\n';
  let at = start;
  let line = 1;
  const above: string[] = [];
  for (;;) {
    const end = text.indexOf(newline, at);
    const lineText = text.slice(at, end < 0 ? text.length : end).replace(/\r$/, '');
    const skippable = lineText.trim() === '' || lineText.trimStart().startsWith('#');
    if (end < 0 && !last) return undefined;
    if (!skippable) break;
    above.push(lineText.trim());
    if (end < 0) return undefined; // nothing but remarks: an empty file
    at = end + 1;
    line++;
  }
  const form = { delimiter: delimiterOf(text, at, newline), newline } as const;
  const rest = text.slice(at);
  const crlf = firstEnd?.[0] === '\r\n';
  const head = cut(rest, form, last);
  if (head.rows.length < 2 && !last) return undefined; // the first row helps to judge the header
  const first = head.rows[0];
  if (first === undefined || head.fault?.row === 0) throw brokenQuote(file, first ?? [], head.fault?.kind ?? 'unclosed', line);
  if (first.length > csvLimits.columns) {
    throw new FileRefused(file, 'limit', `${first.length} columns are not a log of at most ${csvLimits.columns}`, 'Export fewer columns.', {
      line,
      column: csvLimits.columns + 1,
    });
  }
  const remarks = remarksOf(above);
  if (first.every((field) => looksNumeric(field))) {
    // A first line of numbers is data. Its names may stand in the last "#" line, as numpy writes them.
    const names = namesAbove(above, form.delimiter, first.length);
    const header = headerOf(names ?? first.map(() => ''), remarks);
    return { form, header, headerless: names === undefined, byteOrderMark, crlf, consumed: at, firstLine: line };
  }
  const used = lengthOfFirstRow(rest, form, cut);
  return {
    form,
    header: headerOf(first, remarks),
    headerless: false,
    byteOrderMark,
    crlf,
    consumed: at + used,
    firstLine: line + newlinesIn(rest.slice(0, used)),
  };
}

/** Characters of the first row with its line end: up to the first line end that is not inside a quoted field. */
function lengthOfFirstRow(text: string, form: CsvForm, cut: FieldCutter): number {
  for (let end = text.indexOf(form.newline); end >= 0; end = text.indexOf(form.newline, end + 1)) {
    if (cut(text.slice(0, end + 1), form, false).rows.length > 0) return end + 1;
  }
  return text.length;
}

function brokenQuote(file: string, fields: readonly string[], kind: 'unclosed' | 'trailing', line: number): FileRefused {
  const column = Math.max(1, kind === 'unclosed' ? fields.length : fields.findIndex((field) => field.includes('"')) + 1);
  return kind === 'unclosed'
    ? new FileRefused(file, 'quote', 'a quote that is opened and never closed is not a field', 'Close the quote, or take it out.', {
        line,
        column,
      })
    : new FileRefused(file, 'quote', 'text after a closing quote is not a field', 'Write a quote inside a quoted field twice ("").', {
        line,
        column,
      });
}

/** The separator that the first two lines agree on; among several, the one that leaves more numbers, then more fields. */
function delimiterOf(text: string, at: number, newline: string): string {
  const [head = '', row = ''] = text.slice(at, at + 2 * csvLimits.line).split(newline, 2);
  const fieldsOf = (line: string, delimiter: string) => line.replace(/"[^"]*"/g, '0').split(delimiter);
  let best = ',';
  let most = 0;
  for (const delimiter of [',', ';', '\t']) {
    const fields = fieldsOf(head, delimiter).length;
    if (fields < 2) continue;
    const below = fieldsOf(row, delimiter);
    const agrees = below.length === fields;
    const score = fields + (agrees ? 2048 * (1 + below.filter(looksNumeric).length) : 0);
    if (score > most) [best, most] = [delimiter, score];
  }
  return best;
}

function headerOf(fields: readonly string[], remarks: ReadonlyMap<string, string>): CsvHeader {
  const names = fields.map((field, i) => field.trim().replace(/\s+/g, ' ') || `#${i + 1}`);
  return { names, unnamed: fields.map((field) => field.trim() === ''), remarks };
}

function namesAbove(above: readonly string[], delimiter: string, count: number): string[] | undefined {
  const names = above
    .filter((line) => line !== '')
    .at(-1)
    ?.replace(/^#+/, '')
    .split(delimiter);
  return names !== undefined && names.length === count && count > 1 && names.every((name) => !looksNumeric(name)) ? names : undefined;
}

function remarksOf(above: readonly string[]): Map<string, string> {
  const remarks = new Map<string, string>();
  for (const line of above) {
    const pair = /^#+\s*([A-Za-z][\w ]*?)\s*[:=]\s*(.+)$/.exec(line);
    if (pair !== null) remarks.set(pair[1]!.toLowerCase(), pair[2]!.trim());
  }
  return remarks;
}

function numberRemedy(fault: string): string {
  if (fault.includes('point and a comma')) return 'Write it with one decimal mark and nothing between the thousands.';
  if (fault.includes('decimal')) return 'Write every number of the file in decimal digits with the same decimal mark.';
  if (fault.includes('complex')) return 'Export the real part alone.';
  if (fault.includes('date')) return 'Export the time as seconds.';
  if (fault.includes('more digits')) return 'Export it as seconds, or count from the start of the recording.';
  return 'Correct the cell, or take its row out of the file.';
}

const newlinesIn = (text: string): number => {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) count++;
  }
  return count;
};
const listed = (parts: readonly string[]): string =>
  parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
function grown<A extends Float64Array | Uint32Array>(old: A, bigger: A): A {
  bigger.set(old);
  return bigger;
}
