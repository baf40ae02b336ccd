import { join } from 'node:path';
import { z } from 'zod';
import { writeWhole } from '../atomicFile';
import { readSmallFile } from './smallFile';
import { summaryLimits, type FileSummary } from './summary';

const FILE = '.summaries.json';
/** Raised by whoever changes what a summary says. */
const VERSION = 2;
const MOST_BYTES = 64e6;

const number = z.number().nullable();
const entry = z.strictObject({
  key: z.string().max(200),
  summary: z.strictObject({
    name: z.string().max(255),
    state: z.enum(['whole', 'part', 'damaged', 'refused']),
    reason: z.string().max(summaryLimits.sentence),
    bytes: z.number(),
    startedAt: z.string().max(64),
    rig: z.string().max(summaryLimits.word),
    plant: z.string().max(summaryLimits.word),
    setup: z.string().max(summaryLimits.word),
    hash: z.string().max(16),
    seed: z.number(),
    episode: z.number(),
    software: z.string().max(summaryLimits.word),
    period: z.number(),
    rows: z.number(),
    seconds: z.number(),
    cost: number,
    uprightFrom: number,
    random: z.boolean(),
    ended: z.string().max(summaryLimits.sentence),
    thumbnail: z.array(z.number()).max(summaryLimits.thumbnail),
  }),
});
const cacheFile = z.strictObject({ version: z.literal(VERSION), entries: z.array(entry).max(100_000) });

/** Summaries that were made before, in a file of the folder: who reads a thousand recordings does it once. */
export class SummaryCache {
  private readonly known = new Map<string, { readonly key: string; readonly summary: FileSummary }>();
  private isRead = false;
  private hasChanged = false;

  constructor(private readonly folder: string) {}

  /** @param key  of the file as it is now: its size and time */
  find(name: string, key: string): FileSummary | undefined {
    const found = this.known.get(name);
    return found?.key === key ? found.summary : undefined;
  }
  put(name: string, key: string, summary: FileSummary): void {
    this.known.set(name, { key, summary });
    this.hasChanged = true;
  }
  /** Forgets all others. */
  keep(names: ReadonlySet<string>): void {
    for (const name of this.known.keys()) if (!names.has(name)) this.hasChanged = this.known.delete(name) || this.hasChanged;
  }
  /** Once; a file that is no such cache counts as none. */
  read(): void {
    if (this.isRead) return;
    this.isRead = true;
    try {
      const text = readSmallFile(join(this.folder, FILE), MOST_BYTES);
      if (text === undefined) return;
      for (const { key, summary } of cacheFile.parse(JSON.parse(text)).entries) {
        const { cost, uprightFrom, thumbnail } = summary;
        const whole = { ...summary, cost: cost ?? NaN, uprightFrom: uprightFrom ?? NaN, thumbnail: Float32Array.from(thumbnail) };
        this.known.set(summary.name, { key, summary: whole });
      }
    } catch {
      // made anew
    }
  }
  /** A folder that cannot be written only means that the next start reads again. */
  async write(): Promise<void> {
    if (!this.hasChanged) return;
    this.hasChanged = false;
    const orNull = (value: number) => (Number.isFinite(value) ? value : null);
    const entries = [...this.known.values()].map(({ key, summary }) => ({
      key,
      summary: {
        ...summary,
        cost: orNull(summary.cost),
        uprightFrom: orNull(summary.uprightFrom),
        thumbnail: Array.from(summary.thumbnail, (angle) => Number((Number.isFinite(angle) ? angle : 0).toFixed(3))),
      },
    }));
    await writeWhole(join(this.folder, FILE), JSON.stringify({ version: VERSION, entries })).catch(() => undefined);
  }
}
