import type { World } from '../../../src/main/headless/command';
import { QuietWatch } from '../../../src/main/headless/commands/bench/machine';
import type { BenchContext } from '../../../src/main/headless/commands/bench/work';

/** A watch that waits for nothing and has made up its mind. */
export class StillWatch extends QuietWatch {
  rounds = 0;
  constructor(private readonly said = true) {
    super();
  }
  override calm(): Promise<boolean> {
    return Promise.resolve(this.said);
  }
  override async during<T>(work: () => Promise<T>) {
    this.rounds++;
    return { value: await work(), quiet: this.said };
  }
  override get quiet(): boolean {
    return this.said;
  }
}

/** A context on one thread, without a peak. */
export function contextOf({
  now = () => performance.now(),
  ...rest
}: Partial<BenchContext> & { readonly now?: () => number } = {}): BenchContext {
  const world = { now, progress: { report() {} }, signal: new AbortController().signal, warn() {} } as unknown as World;
  return { world, threads: 1, rounds: 1, seed: 1, watch: new StillWatch(), thorough: false, peak: undefined, ...rest };
}
