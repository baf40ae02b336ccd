/** Words of the head: how many words were written and read since the beginning (both run over at 2³²), and records dropped. */
const WRITTEN = 0;
const READ = 1;
const DROPPED = 2;
const HEAD_BYTES = 16;
/** Each record begins with its length in words, this one included. */
const LENGTH_WORDS = 1;

/**
 * Memory between the loop, which writes, and the recorder, which reads: numbers of 64 bits in records of any length, in order.
 * Nobody waits: a record that finds no room is dropped and counted. One writer and one reader, each on a thread of its own.
 */
export class RecorderRing {
  private readonly head: Int32Array;
  private readonly words: Float64Array;
  private readonly mask: number;

  /** @param memory  made by `RecorderRing.memory` */
  constructor(readonly memory: SharedArrayBuffer) {
    this.head = new Int32Array(memory, 0, HEAD_BYTES / 4);
    this.words = new Float64Array(memory, HEAD_BYTES);
    this.mask = this.words.length - 1;
  }
  /** @param words  capacity, a power of 2 */
  static memory(words: number): SharedArrayBuffer {
    if (!Number.isInteger(Math.log2(words)) || words > 2 ** 30)
      throw new RangeError(`A ring holds a power of 2 of words; ${words} is none.`);
    return new SharedArrayBuffer(HEAD_BYTES + 8 * words);
  }
  get capacity(): number {
    return this.words.length;
  }
  /** Records that found no room since the beginning. */
  get dropped(): number {
    return Atomics.load(this.head, DROPPED) >>> 0;
  }

  /**
   * @param record   the first `count` numbers are the record; their bits arrive as they are, those of what is no number too
   * @param leaving  words that must stay free, for records that matter more
   * @returns        whether there was room
   */
  write(record: Float64Array, count: number, leaving = 0): boolean {
    const { head, words, mask } = this;
    const written = head[WRITTEN]! >>> 0;
    const used = (written - (Atomics.load(head, READ) >>> 0)) >>> 0;
    if (used + count + LENGTH_WORDS + leaving > words.length) {
      Atomics.add(head, DROPPED, 1);
      return false;
    }
    words[written & mask] = count + LENGTH_WORDS;
    const at = (written + LENGTH_WORDS) & mask;
    const first = Math.min(count, words.length - at);
    // `set` copies bits, where a loop over numbers may change those of a NaN
    words.set(record.subarray(0, first), at);
    if (first < count) words.set(record.subarray(first, count), 0);
    // last, so that the reader never sees a part of a record
    Atomics.store(head, WRITTEN, (written + count + LENGTH_WORDS) | 0);
    return true;
  }
  /** The oldest record, taken out; undefined when there is none. */
  read(): Float64Array | undefined {
    const { head, words, mask } = this;
    const read = head[READ]! >>> 0;
    if (read === Atomics.load(head, WRITTEN) >>> 0) return undefined;
    const count = words[read & mask]! - LENGTH_WORDS;
    const record = new Float64Array(count);
    const at = (read + LENGTH_WORDS) & mask;
    const first = Math.min(count, words.length - at);
    record.set(words.subarray(at, at + first));
    if (first < count) record.set(words.subarray(0, count - first), first);
    Atomics.store(head, READ, (read + count + LENGTH_WORDS) | 0);
    return record;
  }
}
