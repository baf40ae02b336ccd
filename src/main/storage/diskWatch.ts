import { statfsSync } from 'node:fs';

/** Minutes of recording that are left when it is said; each once, until there is room again. */
const LEVELS = [10, 2] as const;

/** Says how long the disk will take what is written to it. */
export class DiskWatch {
  private last: { readonly bytes: number; readonly ms: number } | undefined;
  private level = 0;

  /**
   * @param bytes  written so far
   * @param free   bytes left on the disk
   * @param ms     now, monotonic
   * @returns      a sentence when a level was crossed downwards since the last look
   */
  look(bytes: number, free: number, ms: number): string | undefined {
    const { last } = this;
    this.last = { bytes, ms };
    if (last === undefined || ms <= last.ms || bytes <= last.bytes) return undefined;
    const minutes = ((free / (bytes - last.bytes)) * (ms - last.ms)) / 60_000;
    const reached = LEVELS.filter((level) => minutes < level).length;
    const crossed = reached > this.level;
    this.level = reached;
    return crossed
      ? `The disk is nearly full: ${Math.round(free / 1e6)} MB are left, some ${minutes < 2 ? minutes.toFixed(1) : Math.round(minutes)} min of recording at this rate. Make room.`
      : undefined;
  }
}

/** Of the disk that a folder lies on; Infinity where the system does not say, or the folder is not there. */
export function freeBytesIn(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
