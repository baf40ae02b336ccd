import type { SchemaElement } from 'hyparquet';
import { FileRefused } from '../../../shared/recordings/refusal';

/** What a Parquet file may claim; bytes. */
export const parquetLimits = {
  /** Of the description at the end of the file. */
  metadata: 16 << 20,
  /** Of one column in one row group, as it stands in the file; and of one page of it, unpacked. */
  chunk: 256 << 20,
  page: 64 << 20,
  groups: 65_536,
} as const;

/** A column of the file. `kind` is what its cells become. */
export interface ParquetColumn {
  readonly name: string;
  readonly kind: 'number' | 'text' | 'truth';
  /** Of dates and times: s where this reader makes seconds of them, else as they are counted. Empty for the rest. */
  readonly unit: string;
  /** The file has it as dates, or as decimals; both may lose digits on their way to a number. */
  readonly was: 'dates' | 'decimals' | 'other';
  readonly element: SchemaElement;
}

/** The sentences in which a Parquet file is refused; `what` begins with its subject. */
export const damaged = (path: string, what: string) =>
  new FileRefused(path, 'damaged', `the file is damaged, for ${what}`, 'Write it again, or fetch another copy.');
export const tooMuch = (path: string, what: string) => new FileRefused(path, 'limit', `${what}, which is too much`, 'Split the file.');
export const refused = (path: string, { name }: { readonly name: string }, what: string, remedy: string) =>
  new FileRefused(path, 'kind', `the column "${name}" ${what}, which is not read here`, remedy);
/** What a decoder throws at bytes that are none of its own. */
export const asDamage = (error: unknown, path: string, what: string): Error =>
  error instanceof FileRefused ? error : damaged(path, `${what} (${(error as Error).message.replace(/\.$/, '')})`);
