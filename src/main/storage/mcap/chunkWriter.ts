import { crc32 } from 'node:zlib';
import { McapChunkBuilder, McapRecordBuilder, Opcode, type McapTypes } from '@mcap/core';
import { HEAD_CHECKSUM, mcapLimits } from './limits';

/** One kind of message; its channel's number is its place in the list. */
export interface McapTopic {
  readonly topic: string;
  /** Name of the schema; '' for messages without one. */
  readonly schema: string;
  readonly jsonSchema: object;
}
export interface McapMetadata {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Chunks after which schemas and channels are written once more, so that damage at the start costs few of the later ones. */
const REPEAT_AFTER = 256;
/** What a message adds to a chunk beside its text: head, channel, sequence and two times. */
const MESSAGE_FRAME = 31;

/**
 * An MCAP file of JSON messages as a sequence of byte arrays, which the caller writes one after the other. Chunks are
 * uncompressed, have a CRC, and come with their message index, so that a file that ends after any of them can be read up to
 * there. It opens no file and keeps no written bytes.
 *
 * Beyond what MCAP wants, the head ends with the CRC-32 of itself (the format has none there), and the first chunk of a topic
 * says its schema and channel once more, where the chunk's CRC covers them: one bad byte costs neither names nor metadata.
 */
export class McapChunkWriter {
  private readonly records = new McapRecordBuilder();
  private readonly open = new McapChunkBuilder({ useMessageIndex: true });
  private readonly schemas: McapTypes.Schema[] = [];
  private readonly channels: McapTypes.Channel[];
  private readonly chunkIndexes: McapTypes.ChunkIndex[] = [];
  private readonly metadataIndexes: McapTypes.MetadataIndex[] = [];
  /** Messages of each channel. */
  private readonly counts: number[];
  /** Channels that the last chunks have said. */
  private readonly said = new Set<number>();
  private sequence = 0;
  private offset = 0;
  private dataCrc = 0;
  private first: bigint | undefined;
  private last = 0n;

  /**
   * @param library  the program and its version
   * @throws RangeError for more topics, schemas or longer names than our own reader takes
   */
  constructor(
    topics: readonly McapTopic[],
    private readonly metadata: readonly McapMetadata[],
    private readonly library: string,
  ) {
    if (topics.length > mcapLimits.channels) throw new RangeError(`${topics.length} topics are more than ${mcapLimits.channels}.`);
    this.channels = topics.map(({ topic, schema, jsonSchema }, id) => {
      for (const name of [topic, schema])
        if (name.length > mcapLimits.name / 4) throw new RangeError(`A name of ${name.length} characters is too long for a recording.`);
      return { id, schemaId: this.schemaOf(schema, jsonSchema), topic, messageEncoding: 'json', metadata: new Map() };
    });
    this.counts = this.channels.map(() => 0);
  }

  /** What a file begins with: magic, header, schemas, channels, metadata. Take it once, before the first chunk. */
  head(): Uint8Array {
    const { records } = this;
    records.writeMagic();
    records.writeHeader({ profile: '', library: this.library });
    for (const schema of this.schemas) records.writeSchema(schema);
    for (const channel of this.channels) records.writeChannel(channel);
    for (const { name, values } of this.metadata) this.writeMetadata(name, values);
    this.writeMetadata(HEAD_CHECKSUM, { crc32: crc32(records.buffer).toString(16).padStart(8, '0') });
    return this.taken();
  }

  /**
   * Puts a message into the open chunk.
   *
   * @param topic  place in the list of topics
   * @param time   ns, both the time of the log and that of publishing
   * @param text   JSON
   * @throws RangeError for a topic or time that does not exist, and for a chunk that would be larger than a reader takes
   */
  add(topic: number, time: bigint, text: string): void {
    const channel = this.channels[topic];
    if (channel === undefined) throw new RangeError(`There is no topic ${topic}; there are ${this.channels.length}.`);
    if (time < 0n || time >= 1n << 64n) throw new RangeError(`${time} ns is no time that a recording can hold.`);
    const data = Buffer.from(text, 'utf8'); // five times as fast as an encoder for texts of this length
    const size = this.open.byteLength + data.length + MESSAGE_FRAME;
    if (size > mcapLimits.chunk / 2) throw new RangeError(`A chunk of ${size} bytes is too large; close it earlier, or write less.`);
    this.say(channel);
    this.open.addMessage({ channelId: topic, sequence: this.sequence, logTime: time, publishTime: time, data });
    this.sequence = (this.sequence + 1) >>> 0;
    this.counts[topic]!++;
    if (this.first === undefined || time < this.first) this.first = time;
    if (time > this.last) this.last = time;
  }

  /** Messages in the open chunk. */
  get waiting(): number {
    return this.open.numMessages;
  }
  /** Bytes in the open chunk. */
  get waitingBytes(): number {
    return this.open.byteLength;
  }

  /** Closes the chunk: its record, and its message index in the same array. Undefined when nothing waits. */
  chunk(): Uint8Array | undefined {
    const { records, open } = this;
    if (open.numMessages === 0) return undefined;
    const { messageStartTime, messageEndTime } = open;
    const body = open.buffer;
    const size = BigInt(body.length);
    const chunkLength = records.writeChunk({
      messageStartTime,
      messageEndTime,
      uncompressedSize: size,
      uncompressedCrc: crc32(body),
      compression: '',
      records: body,
    });
    const messageIndexOffsets = new Map<number, bigint>();
    for (const index of open.indices) {
      messageIndexOffsets.set(index.channelId, this.position);
      records.writeMessageIndex(index);
    }
    this.chunkIndexes.push({
      messageStartTime,
      messageEndTime,
      chunkStartOffset: BigInt(this.offset),
      chunkLength,
      messageIndexOffsets,
      messageIndexLength: this.position - BigInt(this.offset) - chunkLength,
      compression: '',
      compressedSize: size,
      uncompressedSize: size,
    });
    open.reset();
    if (this.chunkIndexes.length % REPEAT_AFTER === 0) this.said.clear();
    return this.taken();
  }

  /**
   * What a file ends with: end of data, summary, footer, magic.
   *
   * @throws RangeError while messages wait: take the last chunk first
   */
  end(): Uint8Array {
    const { records } = this;
    if (this.waiting > 0) throw new RangeError(`${this.waiting} messages wait for their chunk.`);
    records.writeDataEnd({ dataSectionCrc: this.dataCrc });
    const start = records.length;
    const summaryStart = this.position;
    const groups: McapTypes.SummaryOffset[] = [];
    const group = (groupOpcode: Opcode, write: () => void) => {
      const groupStart = this.position;
      write();
      if (this.position > groupStart) groups.push({ groupOpcode, groupStart, groupLength: this.position - groupStart });
    };
    group(Opcode.SCHEMA, () => this.schemas.forEach((schema) => records.writeSchema(schema)));
    group(Opcode.CHANNEL, () => this.channels.forEach((channel) => records.writeChannel(channel)));
    group(Opcode.STATISTICS, () => records.writeStatistics(this.statistics()));
    group(Opcode.METADATA_INDEX, () => this.metadataIndexes.forEach((index) => records.writeMetadataIndex(index)));
    group(Opcode.CHUNK_INDEX, () => this.chunkIndexes.forEach((index) => records.writeChunkIndex(index)));
    const summaryOffsetStart = this.position;
    for (const offset of groups) records.writeSummaryOffset(offset);
    const summary = records.buffer.subarray(start);
    // the summary's CRC covers the footer too, up to the CRC itself
    const footer = new McapRecordBuilder();
    footer.writeFooter({ summaryStart, summaryOffsetStart, summaryCrc: 0 });
    const summaryCrc = crc32(footer.buffer.subarray(0, footer.length - 4), crc32(summary));
    records.writeFooter({ summaryStart, summaryOffsetStart, summaryCrc });
    records.writeMagic();
    return this.taken();
  }

  private statistics(): McapTypes.Statistics {
    return {
      messageCount: BigInt(this.counts.reduce((sum, count) => sum + count, 0)),
      schemaCount: this.schemas.length,
      channelCount: this.channels.length,
      attachmentCount: 0,
      metadataCount: this.metadataIndexes.length,
      chunkCount: this.chunkIndexes.length,
      messageStartTime: this.first ?? 0n,
      messageEndTime: this.last,
      channelMessageCounts: new Map(this.counts.map((count, id) => [id, BigInt(count)])),
    };
  }

  /** Number of the schema, 1 and up; topics with the same one share it. */
  private schemaOf(name: string, jsonSchema: object): number {
    if (name === '') return 0; // MCAP's word for none
    const text = JSON.stringify(jsonSchema);
    const data = Buffer.from(text, 'utf8');
    const known = this.schemas.find((schema) => schema.name === name && Buffer.compare(schema.data, data) === 0);
    if (known !== undefined) return known.id;
    this.schemas.push({ id: this.schemas.length + 1, name, encoding: 'jsonschema', data });
    return this.schemas.length;
  }

  private say(channel: McapTypes.Channel): void {
    if (this.said.has(channel.id)) return;
    this.said.add(channel.id);
    if (channel.schemaId > 0) this.open.addSchema(this.schemas[channel.schemaId - 1]!);
    this.open.addChannel(channel);
  }

  private writeMetadata(name: string, values: Readonly<Record<string, string>>): void {
    const offset = this.position;
    this.records.writeMetadata({ name, metadata: new Map(Object.entries(values)) });
    this.metadataIndexes.push({ offset, length: this.position - offset, name });
  }

  /** In the file, of what is written next. */
  private get position(): bigint {
    return BigInt(this.offset + this.records.length);
  }

  /** The records made so far, in an array of their own: the builder's `buffer` is a copy. */
  private taken(): Uint8Array {
    const bytes = this.records.buffer;
    this.records.reset();
    this.offset += bytes.length;
    this.dataCrc = crc32(bytes, this.dataCrc);
    return bytes;
  }
}
