import fc from 'fast-check';
import { cellOf, type Table, type TableColumn } from '../../../src/main/storage/tables/table';

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\t', '\n', '\r', ' ', '0', '.', '-', '#', 'e'), maxLength: 6 }),
  fc.constantFrom(
    '',
    ' ',
    '12',
    '-0',
    '1,5',
    '1.5',
    '1e999',
    'NaN',
    'Infinity',
    'true',
    'false',
    'null',
    '\uFEFF',
    '__proto__',
    'a\r',
    '\0',
    '0x10',
  ),
);
const number = fc.oneof(
  fc.double(),
  fc.double({ noNaN: true }).map((value) => Math.fround(value)),
  fc.integer(),
  fc.constantFrom(
    0,
    -0,
    NaN,
    Infinity,
    -Infinity,
    5e-324,
    -5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    2 ** 53 + 2,
    1e21,
    0.1,
  ),
);
const unit = fc.oneof(fc.constantFrom('', 's', 'N m', 'rad/s', '1', 'a,b'), text);
const plainName = fc.string({ unit: fc.constantFrom('a', 'b', '.', '1', '_', ' '), minLength: 1, maxLength: 4 });
const name = fc.oneof({ weight: 3, arbitrary: plainName }, { weight: 1, arbitrary: text });

function columnOf(rows: number): fc.Arbitrary<TableColumn> {
  const cells = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: rows, maxLength: rows });
  const named = fc.record({ name, unit });
  const numbers = fc.tuple(named, cells(number), fc.option(cells(fc.boolean()))).map(([said, values, gaps]): TableColumn => {
    const missing = gaps?.includes(true) === true ? Uint8Array.from(gaps, Number) : undefined;
    return { ...said, kind: 'number', values: Float64Array.from(values), ...(missing === undefined ? {} : { missing }) };
  });
  return fc.oneof(
    numbers,
    fc.tuple(named, cells(fc.option(text))).map(([said, values]): TableColumn => ({ ...said, kind: 'text', values })),
    fc.tuple(named, cells(fc.option(fc.boolean()))).map(([said, values]): TableColumn => ({ ...said, kind: 'truth', values })),
  );
}

/** Tables of 1 to 8 rows of all that a column may hold: awkward numbers, awkward texts, gaps. */
export const someTable: fc.Arbitrary<Table> = fc.integer({ min: 1, max: 8 }).chain((rows) =>
  fc.record({
    title: text,
    rows: fc.constant(rows),
    columns: fc.uniqueArray(columnOf(rows), { minLength: 1, maxLength: 5, selector: (column) => column.name }),
    losses: fc.constant([]),
    metadata: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
  }),
);

/** A table as values that can be compared to the last bit: `toEqual` takes -0 and 0 for two, and NaN for one. */
export function told({ title, rows, columns, metadata }: Table) {
  return {
    title,
    rows,
    metadata: Object.entries(metadata).sort(([a], [b]) => (a < b ? -1 : 1)),
    columns: columns.map((column) => ({
      name: column.name,
      unit: column.unit,
      kind: column.kind,
      cells: Array.from({ length: rows }, (_, row) => cellOf(column, row)),
    })),
  };
}
