import { markOf, readNumber, type DecimalMark } from '../../../shared/recordings/number';
import { FileRefused, type Note } from '../../../shared/recordings/refusal';
import { readCsv } from '../readCsv';
import { checkNames, checkSize, ColumnBuilder, numberWords, TextMeter, type Cell, type ColumnKind, type Table } from './table';

/**
 * Reads any CSV file with a header as a table. The file is read twice: first what its columns are, then what stands in them.
 * A column holds numbers when every field of it that is not empty is one, or one of the words NaN, Infinity and -Infinity; truth
 * when every such field is `true` or `false`; text otherwise, to the last blank. An empty field has no value, nor have blanks among numbers.
 *
 * @throws FileRefused for all that CsvReader refuses, beyond the limits of a table, and for two columns of one name
 */
export async function readCsvTable(
  path: string,
  signal?: AbortSignal,
): Promise<{ readonly table: Table; readonly notes: readonly Note[] }> {
  let found: Finding[] = [];
  let size = 0;
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
      checkSize(path, ++size, fields.length);
    },
  );
  const { names, remarks } = first.header;
  // a file has one decimal mark; the comma only where some column makes sense in no other way
  const mark = found.some((one) => one.isNumber(',') && !one.isNumber('.')) && !found.some((one) => one.needsPoint) ? ',' : '.';
  const kinds = found.map((one) => one.kind(mark));
  const units = unitsOf(remarks.get('units'), names.length);
  const columns = names.map((name, i) => new ColumnBuilder(name, units[i]!, kinds[i]!, size));
  const meter = new TextMeter(path);
  let row = 0;
  await readCsv(
    path,
    () => [],
    signal,
    (fields) => {
      if (row >= size || fields.length !== columns.length)
        throw new FileRefused(path, 'changed', 'a file that changes while it is read is not a recording', 'Read it again.');
      for (let i = 0; i < fields.length; i++) {
        const value = cellIn(fields[i]!, kinds[i]!, mark);
        columns[i]!.set(row, typeof value === 'string' ? meter.take(value, row, names[i]!) : value);
      }
      row++;
    },
  );
  const table = {
    title: remarks.get('title') ?? '',
    rows: size,
    columns: columns.map((column) => column.build()),
    losses: [],
    metadata: Object.fromEntries([...remarks].filter(([key]) => key !== 'title' && key !== 'units')),
  };
  return { table, notes: mark === ',' ? [...first.notes, { code: 'csvForm', text: 'Read with decimal commas.' }] : first.notes };
}

/** What the fields of a column have in common so far. */
class Finding {
  private fields = 0;
  private points = 0;
  private commas = 0;
  private truths = 0;
  private pointed = 0;

  take(field: string): void {
    if (field === '') return;
    this.fields++;
    if (field === 'true' || field === 'false') this.truths++;
    else if (numberWords.has(field) || field.trim() === '') {
      this.points++;
      this.commas++;
    } else {
      if (!Number.isNaN(readNumber(field, '.'))) this.points++;
      if (!Number.isNaN(readNumber(field, ','))) this.commas++;
      if (markOf(field) === '.') this.pointed++;
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
