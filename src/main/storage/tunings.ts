import { readFileSync, statSync } from 'node:fs';
import { arch, cpus } from 'node:os';
import { z } from 'zod';
import type { TunedShape } from '../../shared/rollouts/kernels/tuner';
import { writeWhole } from './atomicFile';

/** What a measurement is good for: another engine, processor or program has to measure again. */
export interface TunedMachine {
  /** Version of this program, whose kernels differ from those of another. */
  readonly program: string;
  /** Of V8. */
  readonly engine: string;
  readonly processor: string;
}
export const thisMachine = (program: string): TunedMachine => ({
  program,
  engine: process.versions.v8,
  processor: `${cpus()[0]?.model.trim() ?? 'unknown'}, ${arch()}`,
});

const MOST_BYTES = 100_000;
/** Oldest ones are dropped. */
const MOST_ENTRIES = 64;
const word = z.string().max(200);
const entry = z.strictObject({
  program: word,
  engine: word,
  processor: word,
  shape: word,
  arithmetic: z.enum(['fused', 'portable']),
  block: z.union([z.literal(4), z.literal(5), z.literal(6)]),
});
const tuningFile = z.strictObject({
  format: z.literal('upright tuning'),
  version: z.literal(1),
  entries: z.array(entry).max(MOST_ENTRIES),
});
type Entry = z.infer<typeof entry>;

/**
 * The kernels that were found fastest, in a file: the next start does not measure again. Computers that share the folder
 * keep what each of them measured. A file that is damaged, or that cannot be written, costs a measurement and is no fault.
 */
export class Tunings {
  private entries: readonly Entry[];
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly machine: TunedMachine,
  ) {
    this.entries = read(file);
  }

  /** What was measured here. */
  get known(): TunedShape[] {
    return this.entries
      .filter((one) => isOf(one, this.machine))
      .map(({ shape, arithmetic, block }) => ({ shape, choice: { arithmetic, block } }));
  }
  /** Resolves when nothing is left to write. */
  get written(): Promise<void> {
    return this.writing;
  }
  /** Keeps one more; resolves when it is on the disk, or cannot be. */
  remember({ shape, choice: { arithmetic, block } }: TunedShape): Promise<void> {
    this.writing = this.writing.then(async () => {
      // read again: another workbench may have written meanwhile
      const others = read(this.file).filter((one) => one.shape !== shape || !isOf(one, this.machine));
      this.entries = [...others, { ...this.machine, shape, arithmetic, block }].slice(-MOST_ENTRIES);
      const content = { format: 'upright tuning', version: 1, entries: this.entries };
      await writeWhole(this.file, `${JSON.stringify(content, undefined, 2)}\n`).catch(() => undefined);
    });
    return this.writing;
  }
}

const isOf = (one: TunedMachine, { program, engine, processor }: TunedMachine): boolean =>
  one.program === program && one.engine === engine && one.processor === processor;

function read(file: string): readonly Entry[] {
  try {
    if (statSync(file).size > MOST_BYTES) return [];
    const checked = tuningFile.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return checked.success ? checked.data.entries : [];
  } catch {
    return [];
  }
}
