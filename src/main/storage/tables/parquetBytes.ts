import { parquetWriteBuffer } from 'hyparquet-writer';
import { cellOf, distinct, wellFormed, type Table, type TableColumn } from './table';

/**
 * A table as Parquet: numbers of 64 bits, missing values as nulls, units and everything else as metadata of the file. Title and
 * units come first; a name of the metadata that is the same stands behind them.
 */
export function parquetBytes({ title, columns, metadata }: Table): Uint8Array {
  const names = distinct(columns.map(({ name }) => wellFormed(name).replace(/^\uFEFF/, '')));
  // made by hand, since an object takes no "__proto__" and puts names that are numbers first
  const units = `{${columns.map(({ unit }, i) => `${JSON.stringify(names[i])}:${JSON.stringify(unit)}`).join(',')}}`;
  const texts = [['title', title], ['units', units], ...Object.entries(metadata)] as [string, string][];
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map((column, i) => ({ name: names[i]!, ...dataOf(column) })),
      kvMetadata: texts.map(([key, value]) => ({ key, value })),
      statistics: false, // least and greatest of a column of long texts would swell the end of the file
    }),
  );
}

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

function dataOf(column: TableColumn) {
  if (column.kind === 'text') return { type: 'STRING' as const, data: [...column.values], nullable: true };
  if (column.kind === 'truth') return { type: 'BOOLEAN' as const, data: [...column.values], nullable: true };
  const { values, missing } = column;
  // a dictionary takes 0 and -0 for the same
  const plain = { type: 'DOUBLE' as const, encoding: 'PLAIN' as const };
  if (missing === undefined) return { ...plain, data: values, nullable: false };
  return { ...plain, data: Array.from(values, (_, row) => cellOf(column, row)), nullable: true };
}
