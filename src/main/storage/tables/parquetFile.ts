import { closeSync, readSync } from 'node:fs';
import { parquetMetadata, type ColumnMetaData, type FileMetaData, type SchemaElement } from 'hyparquet';
import { readColumn } from 'hyparquet/src/column.js';
import { FileRefused } from '../../../shared/recordings/refusal';
import { openToRead } from '../mcap/fileWindow';
import { bytesWord } from '../mcap/records';
import { asDamage, damaged, parquetLimits, refused, tooMuch, type ParquetColumn } from './parquetClaims';
import { checkPages, unpackGzip } from './parquetPages';
import { thriftEnd } from './parquetThrift';
import { checkNames, checkSize } from './table';

/** Cells as they are handed out; bigint for whole numbers of 64 bits. */
export type ParquetCell = number | bigint | string | boolean | null;

/**
 * A Parquet file of flat columns. Every count that it claims (rows, columns, pages, values, bytes) is checked before anything is
 * made for it, and each run of repeated values before hyparquet unrolls it: a run may claim 2^31 of them in five bytes.
 */
export class ParquetFile {
  readonly columns: readonly ParquetColumn[];
  readonly rows: number;
  /** Texts by name in the order of the file; a name may stand there twice. */
  readonly texts: readonly (readonly [string, string])[];

  private constructor(
    private readonly path: string,
    private readonly file: number,
    private readonly size: number,
    private readonly metadata: FileMetaData,
  ) {
    this.columns = columnsOf(path, metadata.schema);
    this.rows = Number(metadata.num_rows);
    const groups = metadata.row_groups;
    if (!Number.isSafeInteger(this.rows) || this.rows < 0) throw damaged(path, `it claims ${this.rows} rows`);
    checkSize(path, this.rows, 1); // whoever reads several columns checks them together
    if (groups.length > parquetLimits.groups) throw tooMuch(path, `${groups.length} row groups are more than ${parquetLimits.groups}`);
    const sum = groups.reduce((total, { num_rows }) => total + Number(num_rows), 0);
    if (sum !== this.rows || groups.some(({ num_rows }) => Number(num_rows) < 0))
      throw damaged(path, `its row groups hold ${sum} rows, and it claims ${this.rows}`);
    for (const { columns } of groups)
      if (columns.length !== this.columns.length)
        throw damaged(path, `a row group has ${columns.length} columns, and the file ${this.columns.length}`);
    this.texts = (metadata.key_value_metadata ?? []).map(({ key, value }) => [key ?? '', value ?? ''] as const);
  }

  /** @throws FileRefused when there is no such file, and for what this reader does not take */
  static open(path: string): ParquetFile {
    const { file, size } = openToRead(path);
    try {
      return new ParquetFile(path, file, size, metadataOf(path, file, size));
    } catch (error) {
      closeSync(file);
      throw asDamage(error, path, 'its description cannot be read');
    }
  }
  close(): void {
    closeSync(this.file);
  }

  /**
   * Reads one column.
   *
   * @param index   place among `columns`
   * @param onCell  is called for every row, in order
   * @throws FileRefused for damage, and for packing or encodings that this reader does not know
   */
  read(index: number, onCell: (cell: ParquetCell, row: number) => void): void {
    const column = this.columns[index]!;
    let row = 0;
    for (const { columns, num_rows } of this.metadata.row_groups) {
      const chunk = columns[index]!;
      const rows = Number(num_rows);
      if (chunk.file_path) throw refused(this.path, column, 'stands in a file of its own', 'Write one file.');
      if (chunk.meta_data === undefined) throw damaged(this.path, `the column "${column.name}" is not described`);
      if (rows === 0) continue;
      for (const cells of this.decodeGuarded(chunk.meta_data, column, rows))
        for (let i = 0; i < cells.length; i++) {
          const cell = cells[i] as ParquetCell | undefined;
          if (cell === undefined) throw damaged(this.path, `row ${row + 1} of "${column.name}" names a word that is not in its dictionary`);
          onCell(cell, row++);
        }
    }
    if (row !== this.rows) throw damaged(this.path, `the column "${column.name}" has ${row} of ${this.rows} rows`);
  }

  private decodeGuarded(meta: ColumnMetaData, column: ParquetColumn, rows: number): readonly ArrayLike<unknown>[] {
    try {
      return this.decode(meta, column, rows);
    } catch (error) {
      throw asDamage(error, this.path, `the column "${column.name}" cannot be decoded`);
    }
  }

  private decode(meta: ColumnMetaData, column: ParquetColumn, rows: number): readonly ArrayLike<unknown>[] {
    const { path, file, size } = this;
    if (meta.path_in_schema.length !== 1 || meta.path_in_schema[0] !== column.name || meta.type !== column.element.type)
      throw damaged(path, `the column "${column.name}" is described in two ways`);
    if (!['UNCOMPRESSED', 'SNAPPY', 'GZIP'].includes(meta.codec))
      throw refused(path, column, `is packed with ${meta.codec ?? 'what nobody knows'}`, 'Write it uncompressed, or with snappy or gzip.');
    const dictionary = Number(meta.dictionary_page_offset ?? 0n);
    const from = dictionary > 0 ? Math.min(dictionary, Number(meta.data_page_offset)) : Number(meta.data_page_offset);
    const length = Number(meta.total_compressed_size);
    if (!(from >= 4 && length >= 0 && from + length <= size))
      throw damaged(path, `the column "${column.name}" claims bytes ${from} to ${from + length} of ${size}`);
    if (length > parquetLimits.chunk) throw tooMuch(path, `a column takes ${bytesWord(length)} in one row group`);
    const bytes = bytesOf(path, file, from, length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    checkPages(path, column, view, meta, rows);
    const root = { count: 1, element: this.metadata.schema[0]!, children: [], path: [] };
    const leaf = { count: 1, element: column.element, children: [], path: [column.name] };
    const { data } = readColumn(
      { view, offset: 0 },
      { groupStart: 0, selectStart: 0, selectEnd: rows, groupRows: rows },
      {
        pathInSchema: [column.name],
        type: meta.type,
        element: column.element,
        schemaPath: [{ ...root, children: [leaf] }, leaf],
        codec: meta.codec,
        parsers,
        compressors: { GZIP: unpackGzip },
      },
    );
    return data;
  }
}

/** A Parquet file begins and ends with it. */
const MAGIC = 'PAR1';

function metadataOf(path: string, file: number, size: number): FileMetaData {
  const notParquet = () =>
    new FileRefused(path, 'kind', 'it does not begin and end as Parquet does', 'It was cut short, or is no Parquet file: write it again.');
  if (size < 12) throw notParquet();
  const end = Buffer.from(bytesOf(path, file, size - 8, 8));
  const start = Buffer.from(bytesOf(path, file, 0, 4)).toString('latin1');
  if (end.toString('latin1', 4) !== MAGIC || start !== MAGIC) throw notParquet();
  const length = end.readUInt32LE(0);
  if (length > size - 12) throw damaged(path, `its description claims ${bytesWord(length)}, more than the file has`);
  if (length > parquetLimits.metadata) throw tooMuch(path, `its description takes ${bytesWord(length)}`);
  const bytes = bytesOf(path, file, size - 8 - length, length + 8);
  try {
    thriftEnd(bytes.subarray(0, length), 0);
    const metadata = parquetMetadata(bytes, { parsers, geoparquet: false });
    if (!Array.isArray(metadata.schema) || typeof metadata.num_rows !== 'bigint') throw new Error('fields are missing');
    return metadata;
  } catch (error) {
    throw asDamage(error, path, 'its description cannot be read');
  }
}

function bytesOf(path: string, file: number, from: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const count = readSync(file, bytes, at, length - at, from + at);
    if (count === 0) throw new FileRefused(path, 'changed', 'the file became shorter while it was read', 'Read it again.');
    at += count;
  }
  return bytes;
}

/** The columns that the schema names. @throws FileRefused for nested ones and for types that have no place in a table */
function columnsOf(path: string, schema: readonly SchemaElement[]): ParquetColumn[] {
  const [root, ...leaves] = schema;
  checkSize(path, 0, leaves.length);
  const nested = leaves.find(
    ({ num_children, type, repetition_type }) => num_children || type === undefined || repetition_type === 'REPEATED',
  );
  if (nested !== undefined)
    throw new FileRefused(
      path,
      'nested',
      `the column "${nested.name}" holds lists or groups, which are no numbers, words or truths`,
      'Flatten it, or leave it out.',
    );
  if (root?.num_children !== leaves.length || leaves.some(({ name }) => typeof name !== 'string'))
    throw damaged(path, 'its schema does not add up');
  checkNames(
    path,
    leaves.map(({ name }) => name),
  );
  return leaves.map((element) => columnOf(path, element));
}

function columnOf(path: string, element: SchemaElement): ParquetColumn {
  const { name, type, type_length: length, converted_type: converted, logical_type } = element;
  const logical = logical_type?.type;
  const isDate = type === 'INT96' || converted === 'DATE' || converted?.startsWith('TIMESTAMP') === true || logical === 'TIMESTAMP';
  const counted = logical_type?.type === 'TIME' ? logical_type.unit : converted?.replace(/^TIME_/, '');
  const column = (kind: ParquetColumn['kind']): ParquetColumn => ({
    name,
    kind,
    unit: isDate ? 's' : ({ MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' }[counted ?? ''] ?? ''),
    was: isDate ? 'dates' : converted === 'DECIMAL' ? 'decimals' : 'other',
    element,
  });
  const known = ['BSON', 'INTERVAL', 'GEOMETRY', 'GEOGRAPHY', 'VARIANT', 'MAP', 'LIST'];
  const odd = known.find((one) => one === logical || one === converted);
  // decimals of any length would take for ever, and hyparquet knows them by their older name only
  const isDecimal = logical === 'DECIMAL' || converted === 'DECIMAL';
  if (isDecimal && (converted !== 'DECIMAL' || type === 'BYTE_ARRAY' || (length ?? 0) > 16))
    throw refused(path, column('text'), 'has decimals of a kind that is seldom written', 'Write it as DOUBLE.');
  if (odd === undefined) {
    if (type === 'BOOLEAN') return column('truth');
    if (isDecimal || logical === 'FLOAT16') return column('number');
    if (type === 'BYTE_ARRAY' || logical === 'UUID') return column('text');
    if (type !== 'FIXED_LEN_BYTE_ARRAY') return column('number');
  }
  throw refused(path, column('text'), `is of the type ${odd ?? type}`, 'Write numbers, texts or truths, or leave it out.');
}

/** Dates and times as seconds, of which a number keeps about 16 digits; texts strictly. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const textOf = (bytes: Uint8Array) => (bytes === undefined ? undefined : utf8.decode(bytes));
const parsers = {
  timestampFromMilliseconds: (value: bigint) => secondsOf(value, 1e3),
  timestampFromMicroseconds: (value: bigint) => secondsOf(value, 1e6),
  timestampFromNanoseconds: (value: bigint) => secondsOf(value, 1e9),
  dateFromDays: (days: number) => days * 86_400,
  stringFromBytes: textOf,
  jsonFromBytes: textOf,
  geometryFromBytes: textOf,
  geographyFromBytes: textOf,
  uuidFromBytes: (bytes: Uint8Array) => Buffer.from(bytes).toString('hex'),
};
const secondsOf = (value: bigint | undefined, parts: number) => (value === undefined ? undefined : Number(value) / parts);
