/**
 * MCAP records as bytes: which are well formed, and what they say. Nothing here trusts a length that it has not held against
 * the bytes that are there. Numbers are little endian.
 */
import { Opcode } from '@mcap/core';
import { mcapLimits, RECORD_HEAD } from './limits';

export const MAGIC = Buffer.from([0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a]);

export interface SchemaRecord {
  readonly id: number;
  readonly name: string;
  readonly encoding: string;
  readonly data: Buffer;
}
export interface ChannelRecord {
  readonly id: number;
  readonly schemaId: number;
  readonly topic: string;
  readonly encoding: string;
}
export interface MetadataRecord {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}
/** The head of a chunk; the records follow at `from`. Times in ns. */
export interface ChunkHead {
  readonly startTime: bigint;
  readonly endTime: bigint;
  /** Bytes unpacked. */
  readonly unpacked: number;
  /** 0: not given. */
  readonly crc: number;
  readonly compression: string;
  readonly from: number;
  readonly length: number;
}

/** Bytes of a chunk's head without the name of the compression. */
const CHUNK_HEAD = 40;
/** A record may be padded at its end; more than this is taken for damage. */
const MOST_PADDING = 16;

/** An unsigned 64-bit number; exact up to 2^53, and large enough to be refused beyond. */
export const uint64 = (bytes: Buffer, at: number): number => bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);

export const isKnownOpcode = (opcode: number): boolean => opcode >= Opcode.HEADER && opcode <= Opcode.DATA_END;

/** So many bytes of a chunk's content tell its head. */
export const CHUNK_HEAD_MOST = CHUNK_HEAD + 32;

/**
 * @param content  of the record, or its first CHUNK_HEAD_MOST bytes
 * @param whole    bytes of the whole content
 * @returns        undefined when the fields do not add up to the record's length, as after damage
 */
export function chunkHead(content: Buffer, whole = content.length): ChunkHead | undefined {
  if (content.length < CHUNK_HEAD) return undefined;
  const nameLength = content.readUInt32LE(28);
  if (nameLength > 32 || CHUNK_HEAD + nameLength > content.length) return undefined;
  const from = CHUNK_HEAD + nameLength;
  const length = uint64(content, 32 + nameLength);
  const unpacked = uint64(content, 16);
  if (from + length !== whole) return undefined; // a chunk cannot be padded
  const compression = content.toString('latin1', 32, 32 + nameLength);
  return {
    startTime: content.readBigUInt64LE(0),
    endTime: content.readBigUInt64LE(8),
    unpacked,
    crc: content.readUInt32LE(24),
    compression,
    from,
    length,
  };
}

export function schemaOf(content: Buffer): SchemaRecord | undefined {
  return read(content, (cursor) => {
    const id = cursor.uint16();
    const name = cursor.text(mcapLimits.name);
    const encoding = cursor.text(mcapLimits.name);
    // the window moves on, and the schema stays
    return { id, name, encoding, data: Buffer.from(cursor.piece(cursor.uint32())) };
  });
}
export function channelOf(content: Buffer): ChannelRecord | undefined {
  return read(content, (cursor) => {
    const channel = {
      id: cursor.uint16(),
      schemaId: cursor.uint16(),
      topic: cursor.text(mcapLimits.name),
      encoding: cursor.text(mcapLimits.name),
    };
    cursor.piece(cursor.uint32());
    return channel;
  });
}
export function metadataOf(content: Buffer): MetadataRecord | undefined {
  return read(content, (cursor) => {
    const name = cursor.text(mcapLimits.name);
    const values: Record<string, string> = Object.create(null) as Record<string, string>;
    const end = cursor.uint32() + cursor.at;
    while (cursor.at < end) {
      const key = cursor.text(mcapLimits.name);
      values[key] = cursor.text(mcapLimits.record);
    }
    return cursor.at === end ? { name, values } : undefined;
  });
}

/** Whether a record that is neither a chunk, a description nor a message is what its opcode says. */
export function isWellFormed(opcode: number, content: Buffer): boolean {
  const { length } = content;
  const fits = (least: number, most = least + MOST_PADDING) => length >= least && length <= most;
  switch (opcode) {
    case Opcode.HEADER:
      return read(content, (cursor) => [cursor.text(mcapLimits.name), cursor.text(mcapLimits.name)]) !== undefined;
    case Opcode.FOOTER:
      return fits(20, 20);
    case Opcode.DATA_END:
      return fits(4);
    case Opcode.MESSAGE_INDEX:
      return length >= 6 && content.readUInt32LE(2) % 16 === 0 && fits(6 + content.readUInt32LE(2));
    case Opcode.CHUNK_INDEX:
      return chunkIndexOf(content) !== undefined;
    case Opcode.ATTACHMENT:
      return isAttachment(content);
    case Opcode.ATTACHMENT_INDEX:
      return read(content, (cursor) => [cursor.piece(40), cursor.text(mcapLimits.name), cursor.text(mcapLimits.name)]) !== undefined;
    case Opcode.STATISTICS:
      return length >= 46 && fits(46 + content.readUInt32LE(42));
    case Opcode.METADATA_INDEX:
      return length >= 20 && fits(20 + content.readUInt32LE(16));
    case Opcode.SUMMARY_OFFSET:
      return fits(17);
    default:
      return false;
  }
}

function isAttachment(content: Buffer): boolean {
  const rest = read(content, (cursor) => {
    cursor.piece(16);
    cursor.text(mcapLimits.name);
    cursor.text(mcapLimits.name);
    cursor.piece(uint64(cursor.piece(8), 0));
    return cursor.piece(4);
  });
  return rest !== undefined;
}

/** An entry of the index. */
export interface ChunkIndex {
  /** ns, of the first and last message. */
  readonly startTime: bigint;
  readonly endTime: bigint;
  /** The record of the chunk, bytes of the file. */
  readonly from: number;
  readonly to: number;
  /** Numbers of the channels that it holds. */
  readonly channels: readonly number[];
}
export function chunkIndexOf(content: Buffer): ChunkIndex | undefined {
  return read(content, (cursor) => {
    const times = cursor.piece(16);
    const from = uint64(cursor.piece(8), 0);
    const to = from + uint64(cursor.piece(8), 0);
    const offsets = cursor.piece(cursor.uint32());
    cursor.piece(8);
    cursor.text(32);
    cursor.piece(16);
    const channels = Array.from({ length: Math.floor(offsets.length / 10) }, (_, i) => offsets.readUInt16LE(10 * i));
    return { startTime: times.readBigUInt64LE(0), endTime: times.readBigUInt64LE(8), from, to, channels };
  });
}
/** Where a metadata record stands, bytes of the file. */
export function metadataIndexOf(content: Buffer): { readonly from: number; readonly length: number; readonly name: string } | undefined {
  return read(content, (cursor) => {
    const [from, length] = [uint64(cursor.piece(8), 0), uint64(cursor.piece(8), 0)];
    return { from, length, name: cursor.text(mcapLimits.name) };
  });
}
/** Messages by number of their channel. */
export function statisticsOf(content: Buffer): ReadonlyMap<number, number> | undefined {
  return read(content, (cursor) => {
    cursor.piece(42);
    const counts = cursor.piece(cursor.uint32());
    return new Map(
      Array.from({ length: Math.floor(counts.length / 10) }, (_, i) => [counts.readUInt16LE(10 * i), uint64(counts, 10 * i + 2)]),
    );
  });
}

/** One record of a block in memory; undefined where what is left is none. */
export function recordAt(
  block: Buffer,
  at: number,
): { readonly opcode: number; readonly content: Buffer; readonly end: number } | undefined {
  if (at + RECORD_HEAD > block.length) return undefined;
  const end = at + RECORD_HEAD + uint64(block, at + 1);
  return end > block.length ? undefined : { opcode: block[at]!, content: block.subarray(at + RECORD_HEAD, end), end };
}

/** `1 TB`, as errors say it. */
export function bytesWord(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const unit = bytes < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** unit;
  return unit === 0 ? `${bytes} bytes` : `${value >= 10 ? Math.round(value) : Number(value.toPrecision(2))} ${units[unit]}`;
}

class Malformed extends Error {}

/** Reads fields in turn. @throws Malformed where the content ends too early */
class Cursor {
  at = 0;
  constructor(private readonly content: Buffer) {}
  uint16 = (): number => this.piece(2).readUInt16LE();
  uint32 = (): number => this.piece(4).readUInt32LE();
  text(limit: number): string {
    const length = this.uint32();
    if (length > limit) throw new Malformed();
    return this.piece(length).toString('utf8');
  }
  piece(length: number): Buffer {
    if (this.at + length > this.content.length) throw new Malformed();
    return this.content.subarray(this.at, (this.at += length));
  }
}

/** What `fields` makes of the content; undefined when it ends too early, or much is left over. */
function read<T>(content: Buffer, fields: (cursor: Cursor) => T): T | undefined {
  const cursor = new Cursor(content);
  try {
    const result = fields(cursor);
    return content.length - cursor.at > MOST_PADDING ? undefined : result;
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
