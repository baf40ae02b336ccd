import { closeSync, existsSync, fdatasync, fsyncSync, ftruncateSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** The calls of the file system that a PartFile makes; a test hands in ones that fail. */
export interface FileCalls {
  exists(path: string): boolean;
  /** @throws when the file is there already */
  create(path: string): number;
  remove(path: string): void;
  /** @returns bytes written, perhaps fewer than were given */
  write(file: number, bytes: Uint8Array, from: number, length: number, position: number): number;
  truncate(file: number, length: number): void;
  /** Waits for the disk. */
  sync(file: number): void;
  /** Does not wait; calls back. */
  syncData(file: number, done: (error: Error | null) => void): void;
  close(file: number): void;
  rename(from: string, to: string): void;
  syncFolder(folder: string): void;
}

export const realFileCalls: FileCalls = {
  exists: existsSync,
  create: (path) => openSync(path, 'wx'),
  remove: (path) => rmSync(path, { force: true }),
  write: writeSync,
  truncate: ftruncateSync,
  sync: fsyncSync,
  syncData: fdatasync,
  close: closeSync,
  rename: renameSync,
  syncFolder(folder) {
    let handle: number;
    try {
      handle = openSync(folder, 'r');
    } catch {
      return; // Windows opens no folders, and needs no sync of them
    }
    try {
      fsyncSync(handle);
    } catch {
      // nor do some network drives
    } finally {
      closeSync(handle);
    }
  },
};

/** A recording that could not be written: which file, what happened, what to do. */
export class WritingFailed extends Error {
  constructor(
    readonly path: string,
    /** Without a full stop. */
    readonly what: string,
    readonly remedy: string,
    cause?: unknown,
  ) {
    super(`${path}: ${what}. ${remedy}`, { cause });
    this.name = 'WritingFailed';
  }
}

/**
 * A file that grows under the name `NAME.mcap.part` and gets its own name when it is whole. Whatever fails, it ends with the
 * last bytes that were appended whole.
 */
export class PartFile {
  private length = 0;
  private isOpen = true;

  private constructor(
    /** Where the bytes are while the file is not closed. */
    readonly path: string,
    private readonly whole: string,
    private readonly folder: string,
    private readonly file: number,
    private readonly calls: FileCalls,
  ) {}

  /**
   * @param name  without `.mcap`
   * @throws RangeError for a name that is a path
   * @throws WritingFailed when a file of this name is there, whole or in parts, or the folder cannot be written
   */
  static create(folder: string, name: string, calls: FileCalls = realFileCalls): PartFile {
    if (name === '' || /[/\\\0]/.test(name)) throw new RangeError(`"${name}" is no name of a file.`);
    return PartFile.open(folder, `${name}.mcap.part`, `${name}.mcap`, calls);
  }

  /** The same under names of the caller's choice; what an earlier one left in `part` is thrown away. */
  static createAnew(folder: string, part: string, whole: string, calls: FileCalls = realFileCalls): PartFile {
    try {
      calls.remove(join(folder, part));
    } catch (error) {
      throw failed(join(folder, part), 'what was begun before cannot be removed', error);
    }
    return PartFile.open(folder, part, whole, calls);
  }

  private static open(folder: string, part: string, whole: string, calls: FileCalls): PartFile {
    const path = join(folder, part);
    const target = join(folder, whole);
    if (calls.exists(target)) throw new WritingFailed(target, 'a file of this name is there already', 'Choose another name.');
    let file: number;
    try {
      file = calls.create(path);
    } catch (error) {
      if (codeOf(error) === 'EEXIST')
        throw new WritingFailed(
          path,
          'a recording of this name was begun and not ended',
          'Recover it with "upright recover", or choose another name.',
          error,
        );
      throw failed(path, 'the file cannot be made', error);
    }
    calls.syncFolder(folder); // else a power cut may take the name away with all that is in the file
    return new PartFile(path, target, folder, file, calls);
  }

  /** Bytes appended so far. */
  get bytes(): number {
    return this.length;
  }

  /**
   * Writes all of `bytes`, or nothing.
   *
   * @throws WritingFailed when that cannot be done; the file then ends as before the call
   */
  append(bytes: Uint8Array): void {
    this.mustBeOpen();
    let written = 0;
    try {
      while (written < bytes.length) {
        const count = this.calls.write(this.file, bytes, written, bytes.length - written, this.length + written);
        if (count <= 0) throw Object.assign(new Error('no byte was taken'), { code: 'ENOSPC' });
        written += count;
      }
    } catch (error) {
      this.cutBack();
      throw failed(this.path, `writing ended after ${this.length} bytes`, error);
    }
    this.length += bytes.length;
  }

  /** Resolves when what was appended before is on the disk. @throws WritingFailed, as a rejection */
  sync(): Promise<void> {
    this.mustBeOpen();
    return new Promise((done, reject) =>
      this.calls.syncData(this.file, (error) =>
        error === null ? done() : reject(failed(this.path, 'the disk did not confirm what was written', error)),
      ),
    );
  }

  /**
   * The file is whole: syncs it and gives it its name.
   *
   * @returns its path
   * @throws WritingFailed; the bytes then stay under the name of the part
   */
  close(): string {
    this.mustBeOpen();
    this.isOpen = false;
    try {
      this.calls.sync(this.file);
    } catch (error) {
      throw failed(this.path, 'the disk did not confirm what was written', error);
    } finally {
      this.calls.close(this.file);
    }
    // a rename would write over it without a word
    if (this.calls.exists(this.whole))
      throw new WritingFailed(this.path, `${this.whole} has been made meanwhile by somebody else`, 'Rename this one yourself.');
    try {
      this.calls.rename(this.path, this.whole);
    } catch (error) {
      throw failed(this.path, `it could not be renamed to ${this.whole}`, error);
    }
    this.calls.syncFolder(this.folder);
    return this.whole;
  }

  /** Closes the file and leaves it as it is. */
  abandon(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.calls.close(this.file);
  }

  private cutBack(): void {
    try {
      this.calls.truncate(this.file, this.length);
    } catch {
      // A torn end is what readers of recordings expect; the next append writes over it.
    }
  }

  private mustBeOpen(): void {
    if (!this.isOpen) throw new Error(`${this.path} is closed.`);
  }
}

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

function failed(path: string, what: string, error: unknown): WritingFailed {
  const [why, remedy] = reasons[codeOf(error)] ?? [error instanceof Error ? error.message : String(error), 'Choose another folder.'];
  return new WritingFailed(path, `${what}: ${why}`, remedy, error);
}

const reasons: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk is full', 'Make room, or choose a folder on another disk.'],
  EDQUOT: ['your share of the disk is used up', 'Make room, or choose a folder on another disk.'],
  EROFS: ['the disk is read-only', 'Choose a folder that you may write to.'],
  EACCES: ['the folder may not be written', 'Choose a folder that you may write to.'],
  EPERM: ['the folder may not be written', 'Choose a folder that you may write to.'],
  ENOENT: ['there is no such folder', 'Make it, or choose another one.'],
  ENOTDIR: ['there is no such folder', 'Make it, or choose another one.'],
  ENAMETOOLONG: ['the name is too long', 'Choose a shorter one.'],
  EIO: ['the disk reports an error', 'Choose a folder on another disk.'],
  EFBIG: ['the file has reached the size that this disk allows', 'Choose a folder on another disk.'],
};
