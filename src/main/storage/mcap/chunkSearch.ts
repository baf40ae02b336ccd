import { crc32 } from 'node:zlib';
import { Opcode } from '@mcap/core';
import { FileRefused } from '../../../shared/recordings/refusal';
import type { FileWindow } from './fileWindow';
import { mcapLimits, RECORD_HEAD } from './limits';
import { CHUNK_HEAD_MOST, chunkHead, isKnownOpcode, uint64 } from './records';

/** Opcodes from here on are anybody's own. */
export const PRIVATE = 0x80;

const BLOCK = 1 << 16;
/** Blocks between two pauses. */
const PAUSE_AFTER = 64;

/** Finds the way back into a file after damage. */
export class ChunkSearch {
  /** Bytes whose CRC may still be formed: a file made for it must not keep us for ever. */
  private budget: number;

  constructor(
    private readonly path: string,
    private readonly window: FileWindow,
  ) {
    this.budget = 4 * window.size + (256 << 20);
  }

  /**
   * The next chunk from `from` on whose CRC is right and whose successor can be one; yields the place reached now and then.
   *
   * @throws FileRefused when far too many places look like chunks
   */
  *next(from: number): Generator<number, number | undefined> {
    const { size } = this.window;
    for (let at = from, blocks = 1; at + RECORD_HEAD < size; blocks++) {
      if (blocks % PAUSE_AFTER === 0) yield at;
      const block = this.window.bytes(at, Math.min(BLOCK, size - at));
      const next = block.indexOf(Opcode.CHUNK);
      if (next >= 0 && this.isChunkAt(at + next)) return at + next;
      at += next < 0 ? block.length : next + 1;
    }
    return undefined;
  }

  /** Whether a record, or the end of a file, can stand there. */
  mayFollow(at: number): boolean {
    if (at + RECORD_HEAD > this.window.size) return true;
    const head = this.window.bytes(at, RECORD_HEAD);
    return (isKnownOpcode(head[0]!) || head[0]! >= PRIVATE) && uint64(head, 1) <= mcapLimits.record;
  }

  private isChunkAt(at: number): boolean {
    if (at + RECORD_HEAD > this.window.size) return false;
    const length = uint64(this.window.bytes(at, RECORD_HEAD), 1);
    const end = at + RECORD_HEAD + length;
    if (length > mcapLimits.record || end > this.window.size) return false;
    const head = chunkHead(this.window.bytes(at + RECORD_HEAD, Math.min(CHUNK_HEAD_MOST, length)), length);
    if (head === undefined || head.compression !== '' || head.crc === 0 || head.unpacked !== head.length) return false;
    if (!this.mayFollow(end)) return false;
    this.budget -= length;
    if (this.budget < 0) {
      const what = `byte ${at.toLocaleString('en-US')}: too many places look like chunks and are none`;
      throw new FileRefused(this.path, 'hostile', what, 'The file is made up, or damaged throughout.');
    }
    return isGoodChunk(this.window.bytes(at + RECORD_HEAD, length));
  }
}

/** Whether the content is a chunk that a right CRC covers. */
export function isGoodChunk(content: Buffer): boolean {
  const head = chunkHead(content);
  return head !== undefined && head.crc !== 0 && head.unpacked === head.length && crc32(content.subarray(head.from)) === head.crc;
}
