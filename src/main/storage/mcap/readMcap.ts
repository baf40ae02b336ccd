import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { Opcode } from '@mcap/core';
import { FileRefused } from '../../../shared/recordings/refusal';
import { ChunkSearch, isGoodChunk, PRIVATE } from './chunkSearch';
import type { McapMetadata } from './chunkWriter';
import { DamageLog, type McapDamage } from './damage';
import { Descriptions, type McapFileTopic, type Trust } from './descriptions';
import { FileWindow } from './fileWindow';
import { FOOTER_BYTES, footerOf } from './footer';
import { HEAD_CHECKSUM, mcapLimits, RECORD_HEAD } from './limits';
import {
  bytesWord,
  channelOf,
  chunkHead,
  chunkIndexOf,
  isKnownOpcode,
  isWellFormed,
  MAGIC,
  metadataOf,
  recordAt,
  schemaOf,
  uint64,
} from './records';

export interface McapMessage {
  /** Number of the channel, as in McapFileTopic. */
  readonly channel: number;
  readonly topic: string;
  /** ns: the time of the log. */
  readonly time: bigint;
  /** JSON, as it stands in the file. */
  readonly text: string;
  /** False where the file has no checksum for it. */
  readonly verified: boolean;
}
/** A message that is not JSON, as it stands in the file. */
export interface McapPassed extends Omit<McapMessage, 'text'> {
  /** Good until the callback returns: the block that it lies in is read into again. */
  readonly bytes: Buffer;
}
/** A channel whose messages are not JSON. */
export interface McapStrangeTopic {
  readonly channel: number;
  readonly topic: string;
  readonly encoding: string;
  /** Name of the schema, and how that is written; empty where the file says none. */
  readonly schema: string;
  readonly schemaEncoding: string;
  readonly messages: number;
}
export interface McapContent {
  readonly path: string;
  readonly bytes: number;
  /** In the order of their channels. */
  readonly topics: readonly McapFileTopic[];
  readonly metadata: readonly McapMetadata[];
  /** Whether the head's own checksum is right; undefined for files that have none. When false, metadata may be altered. */
  readonly headIsRight: boolean | undefined;
  readonly messages: number;
  /** How many of them no checksum covers. */
  readonly unverified: number;
  /** ns, of the first and last good message in the order of the file. */
  readonly firstTime: bigint | undefined;
  readonly lastTime: bigint | undefined;
  /** In the order of the file; a file that was merely cut short has none. */
  readonly damage: readonly McapDamage[];
  /** Damaged places beyond those listed. */
  readonly moreDamage: number;
  readonly endsWith: 'footer' | 'cut';
  /** At the end of a file that was cut: what is no whole record. */
  readonly bytesLeftOver: number;
  /** Whether a torn record at the end may have held messages, and until when (ns) as it says itself. */
  readonly tail: { readonly holdsMessages: boolean; readonly claimedTime: bigint | undefined };
  readonly attachments: number;
  /** Channels whose messages are not JSON, and were passed over; `messages` does not count them. */
  readonly passedOver: readonly McapStrangeTopic[];
}

/**
 * Reads any MCAP file with JSON messages, whole or damaged, in memory bounded by the largest record. It walks by record
 * length; where a record cannot be, it searches on for the next chunk whose CRC is right. Nothing that a wrong CRC covers is
 * given out, so no message is altered, and they keep their order.
 *
 * @param onMessage  called for each good message in the order of the file; what it throws ends the reading. Undefined where
 *                   counts and times are enough, which is faster
 * @param onBytes    called now and then with the place reached and the size of the file
 * @param onPassed   called for each message that is not JSON and that no wrong CRC covers, in the order of the file
 * @throws FileRefused when there is no such file, when it is no MCAP file, when its chunks are packed, and when it claims
 *         more topics, schemas or metadata than the limits; never for damage
 */
export function readMcap(
  path: string,
  onMessage: ((message: McapMessage) => void) | undefined,
  onBytes: (done: number, total: number) => void = () => {},
  onPassed?: (message: McapPassed) => void,
): McapContent {
  const steps = stepsOf(path, onMessage, onBytes, onPassed);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** The same, a few MB at a time, so that a process can hear a signal in between. */
export async function readMcapInSteps(
  path: string,
  onMessage: ((message: McapMessage) => void) | undefined,
  onBytes: (done: number, total: number) => void = () => {},
  onPassed?: (message: McapPassed) => void,
): Promise<McapContent> {
  const steps = stepsOf(path, onMessage, onBytes, onPassed);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await setImmediate();
  }
}

function* stepsOf(
  path: string,
  onMessage: ((message: McapMessage) => void) | undefined,
  onBytes: (done: number, total: number) => void,
  onPassed: ((message: McapPassed) => void) | undefined,
): Generator<undefined, McapContent> {
  const window = FileWindow.open(path);
  try {
    return yield* new Walk(path, window, onMessage, onBytes, onPassed).run();
  } finally {
    window.close();
  }
}

const STEP_BYTES = 4 << 20;
/** Channel, sequence and two times stand before a message's data. */
const MESSAGE_HEAD = 22;
const TORN = 'the file ends in the middle of a record';

interface Fault {
  readonly reason: string;
  /** The file may just end here. */
  readonly isTear?: boolean;
  /** Where the next record begins all the same: the lengths agree with each other. */
  readonly end?: number;
  /** Whether the record itself may be a chunk, which the search should look at. */
  readonly searchHere?: boolean;
}

class Walk {
  private readonly size: number;
  private readonly damage = new DamageLog();
  private readonly descriptions: Descriptions;
  /** Of all bytes up to here; undefined once something was damaged. */
  private runningCrc: number | undefined = 0;
  private headIsRight: boolean | undefined;
  private headerSeen = false;
  private chunks = 0;
  private messages = 0;
  private unverified = 0;
  private attachments = 0;
  private firstTime: bigint | undefined;
  private lastTime: bigint | undefined;
  private readonly passedOver = new Map<number, { topic: string; encoding: string; schemaId: number; messages: number }>();
  private footerAt: number | undefined;
  private summaryAt: number | undefined;
  /** First and last byte of each chunk, as a summary with a right CRC says; in the order of the file. */
  private chunkRanges: { readonly from: number; readonly to: number }[] | undefined;
  private bytesLeftOver = 0;
  private tail: McapContent['tail'] = { holdsMessages: false, claimedTime: undefined };
  private readonly chunkSearch: ChunkSearch;

  constructor(
    private readonly path: string,
    private readonly window: FileWindow,
    private readonly onMessage: ((message: McapMessage) => void) | undefined,
    private readonly onBytes: (done: number, total: number) => void,
    private readonly onPassed: ((message: McapPassed) => void) | undefined,
  ) {
    this.size = window.size;
    this.chunkSearch = new ChunkSearch(path, window);
    this.descriptions = new Descriptions(path);
  }

  *run(): Generator<undefined, McapContent> {
    const { size } = this;
    const magic = this.window.bytes(0, Math.min(MAGIC.length, size));
    const hasMagic = magic.equals(MAGIC.subarray(0, magic.length));
    let ended = false;
    if (size < MAGIC.length) this.bytesLeftOver = hasMagic ? size : 0;
    else {
      this.runningCrc = crc32(magic);
      if (!hasMagic) this.damaged(0, MAGIC.length, 'the file does not begin as MCAP files do', false);
      this.readSummary();
      ended = yield* this.walk();
    }
    if (!hasMagic && this.chunks + this.messages === 0) {
      const what = 'the file does not begin as MCAP files do, and nothing in it looks like a recording';
      throw new FileRefused(this.path, 'kind', what, 'Name an MCAP file.');
    }
    return {
      path: this.path,
      bytes: size,
      topics: this.descriptions.topics,
      metadata: this.descriptions.metadata,
      headIsRight: this.headIsRight,
      messages: this.messages,
      unverified: this.unverified,
      firstTime: this.firstTime,
      lastTime: this.lastTime,
      damage: this.damage.list,
      moreDamage: this.damage.more,
      endsWith: ended ? 'footer' : 'cut',
      bytesLeftOver: this.bytesLeftOver,
      tail: this.tail,
      attachments: this.attachments,
      passedOver: [...this.passedOver].map(([channel, { topic, encoding, schemaId, messages }]) => {
        const schema = this.descriptions.schemaOf(schemaId);
        return { channel, topic, encoding, schema: schema?.name ?? '', schemaEncoding: schema?.encoding ?? '', messages };
      }),
    };
  }

  // ── from record to record ──

  /** @returns whether the file ends as it should */
  private *walk(): Generator<undefined, boolean> {
    let at = MAGIC.length;
    let told = 0;
    while (at < this.size) {
      if (at - told >= STEP_BYTES) {
        this.onBytes((told = at), this.size);
        yield;
      }
      if (this.footerAt !== undefined && at === this.footerAt + FOOTER_BYTES) return true;
      const step = this.record(at);
      at = typeof step === 'number' ? step : yield* this.goOnAfter(at, step);
    }
    return false;
  }

  /** @returns where the next record begins */
  private record(at: number): number | Fault {
    if (at + RECORD_HEAD > this.size) return { reason: TORN, isTear: true };
    const head = this.window.bytes(at, RECORD_HEAD);
    const opcode = head[0]!;
    const length = uint64(head, 1);
    const end = at + RECORD_HEAD + length;
    if (!isKnownOpcode(opcode) && opcode < PRIVATE) return { reason: `no record begins with 0x${opcode.toString(16).padStart(2, '0')}` };
    if (length > mcapLimits.record) return { reason: `a record claims ${bytesWord(length)} (limit ${bytesWord(mcapLimits.record)})` };
    if (end > this.size) return { reason: TORN, isTear: true };
    const whole = this.window.bytes(at, RECORD_HEAD + length);
    const content = whole.subarray(RECORD_HEAD);
    if (at === MAGIC.length && opcode !== Opcode.HEADER) return { reason: 'the header is missing', end, searchHere: true };
    const crcBefore = this.runningCrc;
    if (crcBefore !== undefined) this.runningCrc = crc32(whole, crcBefore);
    return this.take(opcode, content, at, crcBefore) ?? end;
  }

  private take(opcode: number, content: Buffer, at: number, crcBefore: number | undefined): Fault | undefined {
    switch (opcode) {
      case Opcode.CHUNK:
        return this.takeChunk(content, at);
      case Opcode.SCHEMA:
      case Opcode.CHANNEL:
        return this.takeDescription(opcode, content, 'bare', at) ? undefined : malformed(opcode);
      case Opcode.METADATA:
        return this.takeMetadata(content, at, crcBefore);
      case Opcode.MESSAGE:
        return this.takeBareMessage(content);
    }
    if (opcode >= PRIVATE) return isGoodChunk(content) ? { reason: 'a chunk has lost its name' } : undefined;
    if (!isWellFormed(opcode, content)) return malformed(opcode);
    if (opcode === Opcode.HEADER) this.headerSeen = true;
    if (opcode === Opcode.ATTACHMENT) this.attachments++;
    if (opcode === Opcode.FOOTER && at !== this.footerAt)
      return { reason: 'a footer stands where the file does not end', isTear: at + FOOTER_BYTES + MAGIC.length > this.size };
    if (opcode === Opcode.DATA_END) this.judgeData(content.readUInt32LE(0), at, crcBefore);
    return undefined;
  }

  /** The CRC of everything before the summary finds what no other does: a wrong index, a wrong description. */
  private judgeData(crc: number, at: number, crcBefore: number | undefined): void {
    if (crc === 0 || crcBefore === undefined || crc === crcBefore) return;
    this.damaged(0, at, 'a name, an index or a time outside the chunks is not what was written; every chunk is right', false);
  }

  private takeMetadata(content: Buffer, at: number, crcBefore: number | undefined): Fault | undefined {
    const record = metadataOf(content);
    if (record === undefined) return malformed(Opcode.METADATA);
    if (record.name !== HEAD_CHECKSUM) this.descriptions.metadatum(record, content.length, at);
    else if (this.headIsRight === undefined && this.chunks === 0) {
      this.headIsRight = crcBefore !== undefined && record.values.crc32 === crc32Word(crcBefore);
      this.descriptions.judgeHead(this.headIsRight);
      if (!this.headIsRight && crcBefore !== undefined)
        this.damaged(0, at, 'the head of the file is not what was written: names and metadata in it may be altered', false);
    }
    return undefined;
  }

  private takeDescription(opcode: number, content: Buffer, trust: Trust, at: number): boolean {
    if (opcode === Opcode.SCHEMA) {
      const schema = schemaOf(content);
      if (schema !== undefined) this.descriptions.schema(schema, trust, at);
      return schema !== undefined;
    }
    const channel = channelOf(content);
    if (channel !== undefined) this.descriptions.channel(channel, trust, at);
    return channel !== undefined;
  }

  // ── chunks and messages ──

  private takeChunk(content: Buffer, at: number): Fault | undefined {
    const head = chunkHead(content);
    const limit = `(limit ${bytesWord(mcapLimits.chunk)})`;
    if (head === undefined) return { reason: 'the lengths of a chunk contradict each other' };
    const { unpacked, length, compression, crc } = head;
    if (unpacked > mcapLimits.chunk) return { reason: `a chunk claims ${bytesWord(unpacked)} unpacked ${limit}` };
    if (compression !== '') {
      const ratio = Math.round(unpacked / Math.max(1, length));
      if (ratio > mcapLimits.ratio) return { reason: `a chunk claims to unpack to ${ratio} times its size (limit ${mcapLimits.ratio})` };
      if (compression !== 'zstd' && compression !== 'lz4') return { reason: 'the packing of a chunk has no name that is known' };
      const what = `byte ${at.toLocaleString('en-US')}: a chunk is packed with ${compression}, and packed ones cannot be read yet`;
      throw new FileRefused(this.path, 'compression', what, 'Unpack it: mcap compress --compression none IN -o OUT.');
    }
    if (unpacked !== length) return { reason: 'the lengths of a chunk contradict each other' };
    const body = content.subarray(head.from);
    // three lengths agree, so that the next record is where they say
    if (crc !== 0 && crc32(body) !== crc) return { reason: 'the checksum of a chunk is wrong', end: at + RECORD_HEAD + content.length };
    this.chunks++;
    this.takeBody(body, crc !== 0, at + RECORD_HEAD + head.from);
    return undefined;
  }

  private takeBody(body: Buffer, verified: boolean, from: number): void {
    let unknown = 0;
    let noText = 0;
    for (let at = 0; at < body.length;) {
      const length = at + RECORD_HEAD <= body.length ? uint64(body, at + 1) : Infinity;
      const [start, end] = [at + RECORD_HEAD, at + RECORD_HEAD + length];
      const opcode = body[at]!;
      if (end > body.length || (opcode === Opcode.MESSAGE && length < MESSAGE_HEAD)) {
        const claim = length === Infinity ? 'ends within the head of a record' : `has a record that claims ${bytesWord(length)}`;
        this.damaged(from + at, from + body.length, `a chunk ${claim}`, true);
        break;
      }
      if (opcode === Opcode.MESSAGE) {
        const fate = this.takeMessage(body, start, end, verified);
        if (fate === 'unknown') unknown++;
        else if (fate === 'noText') noText++;
      } else if (opcode === Opcode.SCHEMA || opcode === Opcode.CHANNEL)
        this.takeDescription(opcode, body.subarray(start, end), verified ? 'checked' : 'bare', from + at);
      at = end;
    }
    if (unknown > 0) this.damaged(from, from + body.length, `nothing says which topic ${unknown} messages of a chunk have`, true);
    if (noText > 0) this.damaged(from, from + body.length, `${noText} messages of a chunk are no text`, true);
  }

  private takeMessage(block: Buffer, start: number, end: number, verified: boolean): 'good' | 'unknown' | 'noText' {
    const id = block.readUInt16LE(start);
    const channel = this.descriptions.channelOf(id);
    if (channel === undefined) return 'unknown';
    if (channel.encoding !== 'json') {
      const { topic, encoding, schemaId } = channel;
      const passed = this.passedOver.get(id) ?? { topic, encoding, schemaId, messages: 0 };
      passed.messages++;
      this.passedOver.set(id, passed);
      if (this.onPassed !== undefined) {
        const time = block.readBigUInt64LE(start + 6);
        this.onPassed({ channel: id, topic, time, bytes: block.subarray(start + MESSAGE_HEAD, end), verified });
      }
      return 'good';
    }
    if (!isUtf8(block.subarray(start + MESSAGE_HEAD, end))) return 'noText';
    const time = block.readBigUInt64LE(start + 6);
    this.messages++;
    if (!verified) this.unverified++;
    this.firstTime ??= time;
    this.lastTime = time;
    this.damage.message(time);
    this.onMessage?.({ channel: id, topic: channel.topic, time, text: block.toString('utf8', start + MESSAGE_HEAD, end), verified });
    return 'good';
  }

  /** A message outside any chunk: no checksum covers it, and beside chunks it is an index or a description gone wrong. */
  private takeBareMessage(content: Buffer): Fault | undefined {
    const fault = { reason: 'a message stands where none can be' };
    if (!this.headerSeen || this.chunks > 0 || (this.chunkRanges?.length ?? 0) > 0 || content.length < MESSAGE_HEAD) return fault;
    const json = this.descriptions.channelOf(content.readUInt16LE(0))?.encoding === 'json';
    if (json && !isJson(content.toString('utf8', MESSAGE_HEAD))) return fault;
    return this.takeMessage(content, 0, content.length, false) === 'good' ? undefined : fault;
  }

  // ── damage ──

  /** @returns where the walk goes on */
  private *goOnAfter(at: number, { reason, isTear, end, searchHere }: Fault): Generator<undefined, number> {
    this.runningCrc = undefined;
    if (end !== undefined && this.chunkSearch.mayFollow(end)) return this.skip(at, end, reason);
    const search = this.chunkSearch.next(searchHere ? at : at + 1);
    let step = search.next();
    for (; step.done !== true; step = search.next()) {
      this.onBytes(step.value, this.size);
      yield;
    }
    const found = step.value;
    if (found !== undefined) return this.skip(at, found, isTear ? 'a record claims more bytes than the file has' : reason);
    // no chunk comes any more; the summary is still good for its topics
    const rest = this.summaryAt !== undefined && this.summaryAt > at ? this.summaryAt : this.footerAt;
    if (rest !== undefined && rest > at) return this.skip(at, rest, isTear ? 'a record claims more bytes than the file has' : reason);
    this.bytesLeftOver = this.size - at;
    const tail = this.tailAt(at);
    if (isTear) this.tail = tail;
    else this.damaged(at, this.size, reason, tail.holdsMessages);
    return this.size;
  }

  private skip(from: number, to: number, reason: string): number {
    this.damaged(from, to, reason, this.mayHoldMessages(from, to));
    return to;
  }
  private damaged(from: number, to: number, reason: string, holdsMessages: boolean): void {
    this.damage.add(from, to, reason, holdsMessages);
  }

  /** A summary says where the chunks were; without one any place may have held some. */
  private mayHoldMessages(from: number, to: number): boolean {
    if (this.chunkRanges === undefined) return true;
    let [low, high] = [0, this.chunkRanges.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.chunkRanges[middle]!.from < to) low = middle + 1;
      else high = middle;
    }
    return low > 0 && this.chunkRanges[low - 1]!.to > from;
  }

  /** What the beginning of a torn record still tells. */
  private tailAt(at: number): McapContent['tail'] {
    const piece = this.window.bytes(at, Math.min(RECORD_HEAD + 16, this.size - at));
    const holdsMessages = piece[0] === Opcode.CHUNK || piece[0] === Opcode.MESSAGE || !isKnownOpcode(piece[0]!);
    if (piece[0] !== Opcode.CHUNK || piece.length < RECORD_HEAD + 16) return { holdsMessages, claimedTime: undefined };
    return { holdsMessages, claimedTime: piece.readBigUInt64LE(RECORD_HEAD + 8) };
  }

  // ── the end of the file, read first ──

  /** A summary whose CRC is right vouches for topics, and says where chunks are. */
  private readSummary(): void {
    const footer = footerOf(this.window);
    if (footer === undefined) return;
    const { at: footerAt, summaryStart: start, summaryCrc: crc } = footer;
    this.footerAt = footerAt;
    if (start === 0 || crc === 0) return; // none was written, or nothing vouches for it
    if (start < MAGIC.length || start >= footerAt || footerAt - start > mcapLimits.record) {
      this.damaged(footerAt, this.size, 'the footer of the file does not say where its summary is', false);
      return;
    }
    // up to the CRC itself
    const summary = this.window.bytes(start, footerAt - start + FOOTER_BYTES - 4);
    if (crc32(summary) !== crc) {
      this.damaged(start, footerAt, 'the summary of the file is not what was written; the messages are not touched by it', false);
      return;
    }
    this.summaryAt = start;
    this.chunkRanges = [];
    for (let at = 0, next; (next = recordAt(summary, at)) !== undefined; at = next.end) {
      const { opcode, content } = next;
      if (opcode === Opcode.SCHEMA || opcode === Opcode.CHANNEL) this.takeDescription(opcode, content, 'checked', start + at);
      else if (opcode === Opcode.CHUNK_INDEX) {
        const range = chunkIndexOf(content);
        if (range !== undefined) this.chunkRanges.push(range);
      }
    }
    this.chunkRanges.sort((a, b) => a.from - b.from);
  }
}

const malformed = (opcode: number): Fault => ({
  reason: `the fields of a record (0x${opcode.toString(16).padStart(2, '0')}) do not add up`,
});

/** As the head's checksum is written. */
const crc32Word = (crc: number): string => crc.toString(16).padStart(8, '0');

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
