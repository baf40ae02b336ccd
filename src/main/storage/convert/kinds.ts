import { csvLosses, csvText } from '../tables/csvText';
import { parquetBytes, parquetLosses } from '../tables/parquetBytes';
import { mcapLosses, tableMcap } from '../tables/tableMcap';
import type { Table } from '../tables/table';

/** What a file is, by the ending of its name; undefined for what is no recording and no table. */
export function kindOf(path: string): TableKind | undefined {
  if (/\.mcap(\.part)?$/i.test(path)) return 'mcap';
  return /\.csv$/i.test(path) ? 'csv' : /\.parquet$/i.test(path) ? 'parquet' : undefined;
}

interface Form {
  /** The file, piece by piece. @param library  the program and its version */
  pieces(table: Table, from: string, library: string): Iterable<Uint8Array | string>;
  /** What the form loses of a table, a sentence each. */
  losses(table: Table): string[];
}
/** What a table becomes. */
export const forms = {
  csv: { pieces: csvText, losses: csvLosses },
  parquet: { pieces: (table) => [parquetBytes(table)], losses: parquetLosses },
  mcap: { pieces: tableMcap, losses: mcapLosses },
} as const satisfies Readonly<Record<string, Form>>;
export type TableKind = keyof typeof forms;
export const tableKinds = Object.keys(forms) as readonly TableKind[];
