import { Opcode } from '@mcap/core';
import { FileWindow } from './fileWindow';
import { RECORD_HEAD } from './limits';
import { MAGIC, uint64 } from './records';

/** Bytes of a footer's record; the magic follows it. */
export const FOOTER_BYTES = RECORD_HEAD + 20;

export interface Footer {
  /** Byte of the file where its record begins. */
  readonly at: number;
  readonly summaryStart: number;
  /** Of the summary, and of the footer up to this field; 0: not given. */
  readonly summaryCrc: number;
}

/** The footer with which a file was ended; undefined when it was not. */
export function footerOf(window: FileWindow): Footer | undefined {
  const at = window.size - FOOTER_BYTES - MAGIC.length;
  if (at < MAGIC.length) return undefined;
  const bytes = window.bytes(at, FOOTER_BYTES + MAGIC.length);
  if (bytes[0] !== Opcode.FOOTER || uint64(bytes, 1) !== 20 || !bytes.subarray(FOOTER_BYTES).equals(MAGIC)) return undefined;
  return { at, summaryStart: uint64(bytes, RECORD_HEAD), summaryCrc: bytes.readUInt32LE(FOOTER_BYTES - 4) };
}

/** Whether a recording was ended, which a crash or a kill prevents. @throws FileRefused when there is no such file */
export function hasFooter(path: string): boolean {
  const window = FileWindow.open(path);
  try {
    return footerOf(window) !== undefined;
  } finally {
    window.close();
  }
}
