import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { cellOf, distinct, shapeOf, wellFormed, writtenBy, type PieceWriter, type Table, type TableColumn, type TableShape } from './table';

/**
 * A table as Parquet: numbers of 64 bits, missing values as nulls, units and everything else as metadata of the file. Title and
 * units come first; a name of the metadata that is the same stands behind them. Each piece is a row group of its own.
 */
export function parquetWriter({ title, columns: shown, metadata }: TableShape): PieceWriter {
  const names = distinct(shown.map(({ name }) => wellFormed(name).replace(/^\uFEFF/, '')));
  // made by hand, since an object takes no "__proto__" and puts names that are numbers first
  const units = `{${shown.map(({ unit }, i) => `${JSON.stringify(names[i])}:${JSON.stringify(unit)}`).join(',')}}`;
  const texts = [['title', title], ['units', units], ...Object.entries(metadata)] as [string, string][];
  const buffer = new ByteWriter(1 << 16);
  const writer = new ParquetWriter({
    writer: buffer,
    schema: schemaFromColumnData({
      columnData: shown.map(({ kind, hasGaps }, i) => ({
        name: names[i]!,
        data: [],
        type: types[kind],
        nullable: kind !== 'number' || hasGaps,
      })),
    }),
    kvMetadata: texts.map(([key, value]) => ({ key, value })),
    statistics: false, // least and greatest of a column of long texts would swell the end of the file
  });
  /** What was written since the last time; places in the file go on counting. */
  const taken = (): Uint8Array => {
    const bytes = new Uint8Array(buffer.buffer, 0, buffer.index).slice();
    buffer.index = 0;
    return bytes;
  };
  return {
    *head() {},
    *rows({ rows, columns }) {
      void writer.write({
        columnData: columns.map((column, i) => ({ name: names[i]!, ...dataOf(column, shown[i]!.hasGaps) })),
        rowGroupSize: rows,
      });
      yield taken();
    },
    *end() {
      void writer.finish();
      yield taken();
    },
  };
}
const types = { number: 'DOUBLE', text: 'STRING', truth: 'BOOLEAN' } as const;

/** The whole file. */
export const parquetBytes = (table: Table): Uint8Array =>
  Buffer.concat([...writtenBy(parquetWriter(shapeOf(table)), table)] as Uint8Array[]);

/** What Parquet loses of a table beyond what the table itself leaves out. */
export function parquetLosses({ title, columns, metadata }: Table): string[] {
  const told = [title, ...columns.map(({ name }) => name), ...Object.entries(metadata).flat()];
  const texts = columns.flatMap((column) => (column.kind === 'text' ? column.values : []));
  return [
    ...(told.some((text) => text.startsWith('\uFEFF')) ? ['Names that begin with a byte-order mark lose it.'] : []),
    ...([...told, ...texts].some((text) => text !== null && wellFormed(text) !== text)
      ? ['Texts with halves of characters are changed: they stand as \uFFFD.']
      : []),
  ];
}

function dataOf(column: TableColumn, hasGaps: boolean) {
  if (column.kind !== 'number') return { data: [...column.values] };
  // a dictionary takes 0 and -0 for the same
  const plain = { encoding: 'PLAIN' as const };
  if (!hasGaps) return { ...plain, data: column.values };
  return { ...plain, data: Array.from(column.values, (_, row) => cellOf(column, row)) };
}
