import { closeSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { Opcode } from '@mcap/core';
import { FileRefused } from '../../../shared/recordings/refusal';
import { isGoodChunk } from './chunkSearch';
import type { McapMetadata } from './chunkWriter';
import { FileWindow, openToRead } from './fileWindow';
import { FOOTER_BYTES, footerOf } from './footer';
import { HEAD_CHECKSUM, mcapLimits } from './limits';
import { channelOf, chunkHead, chunkIndexOf, MAGIC, metadataIndexOf, metadataOf, recordAt, statisticsOf, type ChunkIndex } from './records';

/** A message of a chunk. */
export interface IndexedMessage {
  readonly topic: string;
  /** ns: the time of the log. */
  readonly time: bigint;
  /** As it stands in the file; a text once somebody makes one of it. */
  readonly data: Buffer;
}

/**
 * A whole MCAP file that is read by its summary: nothing but the chunks that are asked for. What a wrong checksum covers is
 * never given out. Files without summary, or with packed chunks, are refused: `upright recover` and `upright convert` read those.
 */
export class IndexedMcap {
  readonly metadata: readonly McapMetadata[];
  /** In the order of their times; each with the topics that it holds. */
  readonly chunks: readonly (ChunkIndex & { readonly topics: ReadonlySet<string> })[];
  /** Messages by topic. */
  readonly counts: ReadonlyMap<string, number>;
  private readonly topics = new Map<number, string>();

  private constructor(
    readonly path: string,
    private readonly file: number,
    readonly size: number,
    summary: Buffer,
  ) {
    const chunks: ChunkIndex[] = [];
    const metadataAt: { readonly from: number; readonly length: number; readonly name: string }[] = [];
    let counts: ReadonlyMap<number, number> = new Map();
    for (let at = 0, next; (next = recordAt(summary, at)) !== undefined; at = next.end) {
      const { opcode, content } = next;
      if (opcode === Opcode.CHANNEL) this.takeChannel(content);
      else if (opcode === Opcode.CHUNK_INDEX) chunks.push(chunkIndexOf(content) ?? this.refuse('an entry of its index does not add up'));
      else if (opcode === Opcode.METADATA_INDEX)
        metadataAt.push(metadataIndexOf(content) ?? this.refuse('an entry of its index does not add up'));
      else if (opcode === Opcode.STATISTICS) counts = statisticsOf(content) ?? this.refuse('its statistics do not add up');
    }
    const wrong = chunks.find(({ from, to }) => from < MAGIC.length || to <= from || to > size || to - from > mcapLimits.record);
    if (wrong !== undefined) this.refuse(`its index names a chunk from byte ${wrong.from} to ${wrong.to} of ${size}`);
    const byPlace = chunks.slice().sort((a, b) => a.from - b.from);
    const over = byPlace.find(({ from }, i) => i > 0 && from < byPlace[i - 1]!.to);
    if (over !== undefined) this.refuse(`its index names bytes twice: the chunk at byte ${over.from} begins in the one before`);
    const sets = new Map<string, ReadonlySet<string>>(); // few kinds of chunks, however many there are
    const topicsOf = ({ channels }: ChunkIndex) => {
      const key = channels.join();
      if (!sets.has(key)) sets.set(key, new Set(channels.flatMap((id) => this.topics.get(id) ?? [])));
      return sets.get(key)!;
    };
    this.chunks = chunks
      .map((chunk) => ({ ...chunk, topics: topicsOf(chunk) }))
      .sort((a, b) => (a.startTime < b.startTime ? -1 : a.startTime > b.startTime ? 1 : a.from - b.from));
    this.counts = new Map([...counts].flatMap(([id, count]) => (this.topics.has(id) ? [[this.topics.get(id)!, count]] : [])));
    this.metadata = this.readMetadata(metadataAt);
  }

  /** @throws FileRefused when there is no such file, when it was not ended, and when its summary or head is damaged */
  static open(path: string): IndexedMcap {
    const summary = summaryOf(path);
    const { file, size } = openToRead(path);
    try {
      return new IndexedMcap(path, file, size, summary);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }
  close(): void {
    closeSync(this.file);
  }

  /**
   * The messages of a chunk in their order.
   * @param topics  the others are passed over
   * @throws FileRefused when its checksum is wrong or missing
   */
  messagesOf({ from, to }: ChunkIndex, topics: ReadonlySet<string>): IndexedMessage[] {
    const record = recordAt(this.bytes(from, to - from), 0);
    const head = record?.opcode === Opcode.CHUNK ? chunkHead(record.content) : undefined;
    if (record === undefined || head === undefined) return this.damaged(from, 'no chunk stands where the index says one');
    if (head.compression !== '') return this.refuse(`its chunks are packed with ${head.compression}`);
    if (!isGoodChunk(record.content)) return this.damaged(from, 'the checksum of a chunk is wrong or missing');
    const block = record.content.subarray(head.from);
    const messages: IndexedMessage[] = [];
    for (let at = 0, next; (next = recordAt(block, at)) !== undefined; at = next.end) {
      if (next.opcode !== Opcode.MESSAGE || next.content.length < MESSAGE_HEAD) continue;
      const topic = this.topics.get(next.content.readUInt16LE(0));
      if (topic === undefined || !topics.has(topic)) continue;
      messages.push({ topic, time: next.content.readBigUInt64LE(6), data: next.content.subarray(MESSAGE_HEAD) });
    }
    return messages;
  }

  private takeChannel(content: Buffer): void {
    const channel = channelOf(content) ?? this.refuse('a channel in its index does not add up');
    if (channel.encoding === 'json') this.topics.set(channel.id, channel.topic);
    if (this.topics.size > mcapLimits.channels) this.refuse(`it has more than ${mcapLimits.channels} channels`);
  }
  private readMetadata(places: readonly { readonly from: number; readonly length: number; readonly name: string }[]): McapMetadata[] {
    if (places.length > mcapLimits.metadata) this.refuse(`it has more than ${mcapLimits.metadata} metadata records`);
    let bytes = 0;
    return places.map(({ from, length, name }) => {
      bytes += length;
      if (bytes > mcapLimits.descriptions || from < MAGIC.length || from + length > this.size)
        return this.refuse(`its index names ${length} bytes of metadata at byte ${from} of ${this.size}`);
      const record = recordAt(this.bytes(from, length), 0);
      const metadatum = record?.opcode === Opcode.METADATA ? metadataOf(record.content) : undefined;
      if (metadatum === undefined || metadatum.name !== name) return this.damaged(from, 'no metadata stand where the index says some');
      if (name === HEAD_CHECKSUM && metadatum.values['crc32'] !== crc32(this.bytes(0, from)).toString(16).padStart(8, '0'))
        return this.damaged(0, 'the checksum of the head is wrong');
      return metadatum;
    });
  }
  private bytes(at: number, length: number): Buffer {
    const block = Buffer.allocUnsafe(length);
    let read = 0;
    while (read < length) {
      const count = readSync(this.file, block, read, length - read, at + read);
      if (count === 0) return this.damaged(at, 'the file became shorter while it was read');
      read += count;
    }
    return block;
  }
  private refuse(what: string): never {
    throw new FileRefused(this.path, 'index', what, 'Read it with `upright convert`, which needs no index.');
  }
  private damaged(at: number, what: string): never {
    throw new FileRefused(this.path, 'damaged', `byte ${at.toLocaleString('en-US')}: ${what}`, 'Recover it: `upright recover`.');
  }
}
/** Channel, sequence and two times stand before a message's data. */
const MESSAGE_HEAD = 22;

/** The records of the summary, held against their checksum. */
function summaryOf(path: string): Buffer {
  const window = FileWindow.open(path);
  try {
    const refuse = (code: string, what: string) => new FileRefused(path, code, what, 'Recover it: `upright recover`.');
    const footer = footerOf(window);
    if (footer === undefined) throw refuse('cut', 'the file was not ended, as after a crash');
    const { at, summaryStart, summaryCrc } = footer;
    if (summaryStart === 0 || summaryCrc === 0)
      throw new FileRefused(path, 'index', 'it has no summary with a checksum', 'Read it with `upright convert`, which needs no index.');
    if (summaryStart < MAGIC.length || summaryStart >= at || at - summaryStart > mcapLimits.record)
      throw refuse('damaged', 'its footer does not say where its summary is');
    const bytes = window.bytes(summaryStart, at - summaryStart + FOOTER_BYTES - 4);
    if (crc32(bytes) !== summaryCrc) throw refuse('damaged', 'the checksum of its summary is wrong');
    return Buffer.from(bytes.subarray(0, at - summaryStart)); // the window goes
  } finally {
    window.close();
  }
}
