import { gunzipSync } from 'node:zlib';
import { snappyUncompress, type ColumnMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import type { FileRefused } from '../../../shared/recordings/refusal';
import { bytesWord } from '../mcap/records';
import { damaged, parquetLimits, refused, tooMuch, type ParquetColumn } from './parquetClaims';
import { thriftEnd } from './parquetThrift';

/** @throws where it unpacks to more */
export const unpackGzip = (bytes: Uint8Array, length: number): Uint8Array => gunzipSync(bytes, { maxOutputLength: Math.max(1, length) });

/**
 * Walks the pages of a column before they are decoded. Values of all pages must be the rows of the group, each run of levels and
 * of places in the dictionary must end with its page, and no page may unpack to more than the limit or to more than it can hold.
 *
 * @throws FileRefused, or whatever hyparquet throws at bytes that are no page
 */
export function checkPages(path: string, column: ParquetColumn, view: DataView, { codec }: ColumnMetaData, rows: number): void {
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
    if (unpacked > parquetLimits.page) throw tooMuch(path, `a page unpacks to ${bytesWord(unpacked)}`);
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
