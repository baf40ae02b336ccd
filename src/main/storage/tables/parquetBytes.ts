import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Table, TableColumn } from './table';

/** A table as Parquet: numbers of 64 bits, missing values as nulls, units and everything else as metadata of the file. */
export function parquetBytes({ title, columns, metadata }: Table): Uint8Array {
  const units = Object.fromEntries(columns.map(({ name, unit }) => [name, unit]));
  const texts = { title, units: JSON.stringify(units), ...metadata };
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map((column) => ({ name: column.name, ...dataOf(column) })),
      kvMetadata: Object.entries(texts).map(([key, value]) => ({ key, value })),
    }),
  );
}
function dataOf(column: TableColumn) {
  if (column.kind === 'text') return { type: 'STRING' as const, data: [...column.values], nullable: true };
  if (column.kind === 'truth') return { type: 'BOOLEAN' as const, data: [...column.values], nullable: true };
  const { values, missing } = column;
  if (missing === undefined) return { type: 'DOUBLE' as const, data: values, nullable: false };
  return { type: 'DOUBLE' as const, data: Array.from(values, (value, i) => (missing[i] === 1 ? null : value)), nullable: true };
}
