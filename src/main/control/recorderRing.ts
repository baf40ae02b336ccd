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
  /** Records that found no room since the beginning. */
  get dropped(): number {
    return Atomics.load(this.head, DROPPED) >>> 0;
  }

  /**
   * @param record  the first `count` numbers are the record
   * @returns       whether there was room
   */
  write(record: Float64Array, count: number): boolean {
    const { head, words, mask } = this;
    const written = head[WRITTEN]! >>> 0;
    const used = (written - (Atomics.load(head, READ) >>> 0)) >>> 0;
    if (used + count + LENGTH_WORDS > words.length) {
      Atomics.add(head, DROPPED, 1);
      return false;
    }
    words[written & mask] = count + LENGTH_WORDS;
    for (let i = 0; i < count; i++) words[(written + LENGTH_WORDS + i) & mask] = record[i]!;
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
    for (let i = 0; i < count; i++) record[i] = words[(read + LENGTH_WORDS + i) & mask]!;
    Atomics.store(head, READ, (read + count + LENGTH_WORDS) | 0);
    return record;
  }
}
