import { csvLosses, csvWriter } from '../tables/csvText';
import { parquetLosses, parquetWriter } from '../tables/parquetBytes';
import { mcapLosses, mcapWriter } from '../tables/tableMcap';
import type { PieceWriter, Table, TableShape } from '../tables/table';

/** What a file is, by the ending of its name; undefined for what is no recording and no table. */
export function kindOf(path: string): TableKind | undefined {
  if (/\.mcap(\.part)?$/i.test(path)) return 'mcap';
  return /\.csv$/i.test(path) ? 'csv' : /\.parquet$/i.test(path) ? 'parquet' : undefined;
}

interface Form {
  /** Writes a table piece by piece. @param library  the program and its version */
  writer(shape: TableShape, from: string, library: string): PieceWriter;
  /** What the form loses of a table, a sentence each. */
  losses(table: Table): string[];
}
/** What a table becomes. */
export const forms = {
  csv: { writer: csvWriter, losses: csvLosses },
  parquet: { writer: parquetWriter, losses: parquetLosses },
  mcap: { writer: mcapWriter, losses: mcapLosses },
} as const satisfies Readonly<Record<string, Form>>;
export type TableKind = keyof typeof forms;
export const tableKinds = Object.keys(forms) as readonly TableKind[];
