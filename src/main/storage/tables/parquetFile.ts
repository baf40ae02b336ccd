import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { parquetMetadata, snappyUncompress, type ColumnMetaData, type FileMetaData, type SchemaElement } from 'hyparquet';
import { parquetHeader, readColumn } from 'hyparquet/src/column.js';
import { FileRefused } from '../../../shared/recordings/refusal';
import { bytesWord } from '../mcap/records';
import { thriftEnd } from './parquetThrift';
import { checkNames, checkSize } from './table';

/** What a Parquet file may claim; bytes. */
const limits = {
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
    if (groups.length > limits.groups) throw tooMuch(path, `${groups.length} row groups are more than ${limits.groups}`);
    const sum = groups.reduce((total, { num_rows }) => total + Number(num_rows), 0);
    if (sum !== this.rows || groups.some(({ num_rows }) => Number(num_rows) < 0))
      throw damaged(path, `its row groups hold ${sum} rows, and it claims ${this.rows}`);
    for (const { columns } of groups)
      if (columns.length !== this.columns.length)
        throw damaged(path, `a row group has ${columns.length} columns, and the file ${this.columns.length}`);
    this.texts = (metadata.key_value_metadata ?? []).map(({ key, value }) => [key, value ?? ''] as const);
  }

  /** @throws FileRefused when there is no such file, and for what this reader does not take */
  static open(path: string): ParquetFile {
    const { file, size } = openFile(path);
    try {
      return new ParquetFile(path, file, size, metadataOf(path, file, size));
    } catch (error) {
      closeSync(file);
      throw error;
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
      for (const cells of this.decode(chunk.meta_data, column, rows))
        for (let i = 0; i < cells.length; i++) {
          const cell = cells[i] as ParquetCell | undefined;
          if (cell === undefined) throw damaged(this.path, `row ${row + 1} of "${column.name}" names a word that is not in its dictionary`);
          onCell(cell, row++);
        }
    }
    if (row !== this.rows) throw damaged(this.path, `the column "${column.name}" has ${row} of ${this.rows} rows`);
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
    if (length > limits.chunk) throw tooMuch(path, `a column takes ${bytesWord(length)} in one row group`);
    const bytes = bytesOf(path, file, from, length);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    try {
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
    } catch (error) {
      if (error instanceof FileRefused) throw error;
      throw damaged(path, `the column "${column.name}" cannot be decoded (${(error as Error).message.replace(/\.$/, '')})`);
    }
  }
}

/** A Parquet file begins and ends with it. */
const MAGIC = 'PAR1';

function openFile(path: string): { file: number; size: number } {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const found = fstatSync(file);
    if (found.isFile()) return { file, size: found.size };
  } catch (error) {
    if (file !== undefined) closeSync(file);
    const { code, message } = error as NodeJS.ErrnoException;
    const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
    const why = isMissing ? 'there is no such file' : code === 'EACCES' ? 'the file may not be read' : message;
    throw new FileRefused(path, 'missing', why, code === 'EACCES' ? 'Give yourself leave to read it.' : 'Check the path.');
  }
  closeSync(file);
  throw new FileRefused(path, 'missing', 'this is no file, and a recording is one', 'Name the file.');
}

function metadataOf(path: string, file: number, size: number): FileMetaData {
  const notParquet = () =>
    new FileRefused(path, 'kind', 'it does not begin and end as Parquet does', 'It was cut short, or is no Parquet file: write it again.');
  if (size < 12) throw notParquet();
  const end = Buffer.from(bytesOf(path, file, size - 8, 8));
  const start = Buffer.from(bytesOf(path, file, 0, 4)).toString('latin1');
  if (end.toString('latin1', 4) !== MAGIC || start !== MAGIC) throw notParquet();
  const length = end.readUInt32LE(0);
  if (length > size - 12) throw damaged(path, `its description claims ${bytesWord(length)}, more than the file has`);
  if (length > limits.metadata) throw tooMuch(path, `its description takes ${bytesWord(length)}`);
  const bytes = bytesOf(path, file, size - 8 - length, length + 8);
  try {
    thriftEnd(bytes.subarray(0, length), 0);
    const metadata = parquetMetadata(bytes, { parsers, geoparquet: false });
    if (!Array.isArray(metadata.schema) || typeof metadata.num_rows !== 'bigint') throw new Error('fields are missing');
    return metadata;
  } catch (error) {
    throw damaged(path, `its description cannot be read (${(error as Error).message.replace(/\.$/, '')})`);
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
  if (root?.num_children !== leaves.length) throw damaged(path, 'its schema does not add up');
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

const unpackGzip = (bytes: Uint8Array, length: number): Uint8Array => gunzipSync(bytes, { maxOutputLength: Math.max(1, length) });

/**
 * Walks the pages of a column before they are decoded. Values of all pages must be the rows of the group, each run of levels and
 * of places in the dictionary must end with its page, and no page may unpack to more than the limit or to more than it can hold.
 *
 * @throws FileRefused, or whatever hyparquet throws at bytes that are no page
 */
function checkPages(path: string, column: ParquetColumn, view: DataView, { codec }: ColumnMetaData, rows: number): void {
  const reader = { view, offset: 0 };
  const wrong = (what: string) => damaged(path, `a page of the column "${column.name}" ${what}`);
  let values = 0;
  let words = 0;
  while (values < rows) {
    if (reader.offset >= view.byteLength - 1) throw wrong(`is missing: ${values} of ${rows} rows are there`);
    thriftEnd(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), reader.offset);
    const header = parquetHeader(reader);
    const { compressed_page_size: packed, uncompressed_page_size: unpacked } = header;
    if (!(packed >= 0 && unpacked >= 0 && reader.offset + packed <= view.byteLength)) throw wrong('ends behind its column');
    if (unpacked > limits.page) throw tooMuch(path, `a page unpacks to ${bytesWord(unpacked)}`);
    // snappy makes 64 bytes of 3, gzip 1032 of 1
    const ratio = codec === 'GZIP' ? 1100 : codec === 'SNAPPY' ? 32 : 1;
    if (unpacked > packed * ratio + 1024) throw wrong(`claims ${unpacked} bytes in ${packed}`);
    const body = new Uint8Array(view.buffer, view.byteOffset + reader.offset, packed);
    reader.offset += packed;
    const isNullable = column.element.repetition_type !== 'REQUIRED';
    if (header.type === 'DICTIONARY_PAGE') {
      const count = header.dictionary_page_header?.num_values ?? -1;
      if (!(count >= 0 && count <= unpacked)) throw wrong(`claims ${count} words in ${unpacked} bytes`);
      words = count;
      continue;
    }
    const page = header.data_page_header ?? header.data_page_header_v2;
    if (page === undefined) throw wrong(`is of a kind that nobody knows`);
    const { num_values: count, encoding } = page;
    if (!(count >= 0 && count <= rows - values)) throw wrong(`claims ${count} values, and ${rows - values} are left`);
    if (!['PLAIN', 'PLAIN_DICTIONARY', 'RLE_DICTIONARY', 'RLE', 'BYTE_STREAM_SPLIT'].includes(encoding))
      throw refused(path, column, `is encoded as ${encoding ?? 'what nobody knows'}`, 'Write it plain or with a dictionary.');
    values += count;
    const second = header.data_page_header_v2;
    let present = count;
    let rest: Uint8Array;
    if (header.type === 'DATA_PAGE_V2' && second !== undefined) {
      const levels = second.definition_levels_byte_length;
      const nulls = second.num_nulls;
      if (second.repetition_levels_byte_length !== 0 || !(levels >= 0 && levels <= packed && nulls >= 0 && nulls <= count))
        throw wrong('does not add up');
      if (isNullable) {
        present = runs(body.subarray(0, levels), 1, count, wrong);
        if (present !== count - nulls) throw wrong(`has ${count - present} gaps, and claims ${nulls}`);
      } else if (nulls !== 0) throw wrong('has gaps in a column without any');
      const data = body.subarray(levels);
      rest = second.is_compressed === false ? data : unpack(data, unpacked - levels, codec);
    } else if (header.type === 'DATA_PAGE' && header.data_page_header !== undefined) {
      rest = unpack(body, unpacked, codec);
      if (isNullable) {
        const levels = new DataView(rest.buffer, rest.byteOffset, rest.byteLength).getUint32(0, true);
        if (levels > rest.length - 4) throw wrong('does not add up');
        present = runs(rest.subarray(4, 4 + levels), 1, count, wrong);
        rest = rest.subarray(4 + levels);
      }
    } else throw wrong('is described in two ways');
    if (present === 0) continue;
    if (encoding.endsWith('_DICTIONARY')) {
      if (words === 0) throw wrong('names words, and there is no dictionary');
      if ((rest[0] ?? 255) > 32) throw wrong('does not add up');
      if (rest[0]! > 0) runs(rest.subarray(1), rest[0]!, present, wrong);
    } else if (encoding === 'RLE') {
      if (column.element.type !== 'BOOLEAN') throw wrong('has runs where there are none');
      runs(rest.subarray(4), 1, present, wrong);
    } else if (encoding === 'BYTE_STREAM_SPLIT' && rest.length < present * 2) throw wrong('is too short');
    if (encoding === 'PLAIN' && rest.length * 8 < present) throw wrong('is too short');
  }
}

function unpack(bytes: Uint8Array, length: number, codec: string): Uint8Array {
  if (length < 0) throw new Error('a negative length');
  if (codec === 'UNCOMPRESSED') return bytes;
  if (codec === 'GZIP') return unpackGzip(bytes, length);
  const output = new Uint8Array(length);
  snappyUncompress(bytes, output);
  return output;
}

/**
 * Follows the runs of a hybrid of repeated and packed values.
 *
 * @param width  bits of a value
 * @param count  values that there must be; packed ones come in eights, of which the last may be too many
 * @returns      how many of them are 1, for a width of 1; of no meaning otherwise
 */
function runs(bytes: Uint8Array, width: number, count: number, wrong: (what: string) => FileRefused): number {
  let [at, seen, ones] = [0, 0, 0];
  while (seen < count) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length || shift > 28) throw wrong('ends in the middle of a run');
      const byte = bytes[at++]!;
      header |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    header >>>= 0;
    const length = (header >>> 1) * (header & 1 ? 8 : 1);
    if (length > count - seen + (header & 1 ? 7 : 0)) throw wrong(`repeats ${length} values, and ${count - seen} are left`);
    if (header & 1) {
      const size = Math.ceil((length * width) / 8);
      // writers may leave out what is behind the last value
      if (at + Math.ceil(((count - seen < length ? count - seen : length) * width) / 8) > bytes.length) throw wrong('is too short');
      if (width === 1) for (let i = 0; i < Math.min(length, count - seen); i++) ones += (bytes[at + (i >> 3)]! >> (i & 7)) & 1;
      at += size;
    } else {
      if (width === 1 && bytes[at] === 1) ones += length;
      at += (width + 7) >> 3;
      if (at > bytes.length) throw wrong('is too short');
    }
    seen += length;
  }
  return ones;
}

const damaged = (path: string, what: string) =>
  new FileRefused(path, 'damaged', `the file is damaged, for ${what}`, 'Write it again, or fetch another copy.');
const tooMuch = (path: string, what: string) => new FileRefused(path, 'limit', `${what}, which is too much`, 'Split the file.');
const refused = (path: string, { name }: { readonly name: string }, what: string, remedy: string) =>
  new FileRefused(path, 'kind', `the column "${name}" ${what}, which is not read here`, remedy);
