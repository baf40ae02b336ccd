import { FileRefused } from '../../../shared/recordings/refusal';
import { McapChunkWriter } from '../mcap/chunkWriter';
import { CHUNK_BYTES, listed } from '../mcap/copyMcap';
import { mcapLimits } from '../mcap/limits';
import { cellOf, numberText, shapeOf, writtenBy, type PieceWriter, type Table, type TableColumn, type TableShape } from './table';

/** The one topic of a table, and the metadata in which its title and columns stand, and everything else that it says. */
export const TABLE_TOPIC = '/table';
export const TABLE_METADATA = 'upright.table';
export const TABLE_TEXTS = 'upright.table.metadata';

/**
 * A table as MCAP: a JSON object for each row. A missing value is null, NaN and infinities stand as words. The time of the log is that of
 * the column `time` or `logTime`, where it holds a time in every row, else the number of the row, in seconds.
 *
 * @param path  of the file that the table was read from, for sentences; `rows` throws FileRefused for one that is too large
 */
export function mcapWriter({ columns: shown, title, metadata, clock }: TableShape, path: string, library: string): PieceWriter {
  const said = shown.map(({ name, unit, kind }) => ({ name, unit, kind }));
  const writer = new McapChunkWriter(
    [{ topic: TABLE_TOPIC, schema: 'upright.Row', jsonSchema: schemaOf(shown) }],
    [
      { name: TABLE_METADATA, values: { title, columns: JSON.stringify(said) } },
      { name: TABLE_TEXTS, values: Object.fromEntries(Object.entries(metadata).filter(([key]) => fits(key))) },
    ],
    library,
  );
  const keys = shown.map(({ name }, i) => `${i === 0 ? '{' : ','}${JSON.stringify(name)}:`);
  return {
    *head() {
      yield writer.head();
    },
    *rows({ from, rows, columns }) {
      for (let row = 0; row < rows; row++) {
        const text = columns.map((column, i) => keys[i]! + jsonOf(column, row)).join('') + '}';
        if (text.length > mcapLimits.chunk / 8)
          throw new FileRefused(
            path,
            'limit',
            `row ${from + row + 1} is too long for a message of a recording`,
            'Leave columns of text out.',
          );
        if (writer.waiting > 0 && writer.waitingBytes + text.length > CHUNK_BYTES) yield writer.chunk()!;
        const seconds = clock === undefined ? from + row : (cellOf(columns[clock.column]!, row) as number) * clock.factor;
        writer.add(0, clock === undefined ? BigInt(seconds) * 1_000_000_000n : BigInt(Math.round(seconds * 1e9)), text);
      }
    },
    *end() {
      if (writer.waiting > 0) yield writer.chunk()!;
      yield writer.end();
    },
  };
}
/** The whole file, in pieces. */
export const tableMcap = (table: Table, path: string, library: string): Iterable<Uint8Array> =>
  writtenBy(mcapWriter(shapeOf(table), path, library), table) as Iterable<Uint8Array>;

/** What MCAP loses of a table beyond what the table itself leaves out. */
export function mcapLosses({ metadata, title, columns }: Table): string[] {
  const long = Object.keys(metadata).filter((key) => !fits(key));
  const told = [title, ...columns.map(({ unit }) => unit), ...Object.entries(metadata).flat()];
  return [
    ...(long.length > 0 ? [`Metadata with names that are too long is left out (${listed(long.map((key) => key.slice(0, 20)))}).`] : []),
    ...(told.some((text) => /\p{Surrogate}/u.test(text)) ? ['Names with halves of characters are changed: these stand as \uFFFD.'] : []),
  ];
}
const fits = (key: string): boolean => key.length <= mcapLimits.name / 4;

function jsonOf(column: TableColumn, row: number): string {
  const cell = cellOf(column, row);
  if (typeof cell !== 'number') return JSON.stringify(cell);
  return Number.isFinite(cell) ? numberText(cell) : `"${cell}"`;
}

/** JSON schema of a row; an object of no prototype, since a column may have any name. */
function schemaOf(columns: TableShape['columns']): object {
  const properties = Object.create(null) as Record<string, object>;
  const types = { number: ['number', 'string', 'null'], text: ['string', 'null'], truth: ['boolean', 'null'] };
  for (const { name, unit, kind } of columns) properties[name] = { type: types[kind], ...(unit === '' ? {} : { description: unit }) };
  return { type: 'object', description: 'a row of a table', properties };
}
