import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { FileRefused } from '../../../shared/recordings/refusal';

const BLOCK = 1 << 20;

/** @throws FileRefused when there is no such file, or it may not be read */
export function openToRead(path: string): { readonly file: number; readonly size: number } {
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

/** A file as a window that is moved over it: as large as the largest piece that was asked for, at least 1 MiB. */
export class FileWindow {
  private block: Buffer;
  private start = 0;
  private end = 0;

  private constructor(
    private readonly path: string,
    private readonly file: number,
    /** Bytes, when it was opened. */
    readonly size: number,
  ) {
    this.block = Buffer.allocUnsafe(Math.min(BLOCK, this.size));
  }

  /** @throws FileRefused when there is no such file, or it may not be read */
  static open(path: string): FileWindow {
    const { file, size } = openToRead(path);
    return new FileWindow(path, file, size);
  }

  /**
   * Bytes of the file, good until the next call.
   *
   * @param at  from 0 to size − length
   * @throws FileRefused when the file has become shorter since it was opened
   */
  bytes(at: number, length: number): Buffer {
    if (at < this.start || at + length > this.end) this.move(at, length);
    return this.block.subarray(at - this.start, at - this.start + length);
  }

  close(): void {
    closeSync(this.file);
  }

  private move(at: number, length: number): void {
    if (length > this.block.length) this.block = Buffer.allocUnsafe(length);
    const wanted = Math.min(this.block.length, this.size - at);
    this.start = at;
    this.end = at;
    while (this.end - at < wanted) {
      const count = readSync(this.file, this.block, this.end - at, wanted - (this.end - at), this.end);
      if (count === 0) break;
      this.end += count;
    }
    if (this.end < at + length)
      throw new FileRefused(this.path, 'changed', `the file became shorter while it was read, at byte ${this.end}`, 'Read it again.');
  }
}
