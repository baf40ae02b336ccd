import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/** What the figures were measured on. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  /** Widest vector instructions: avx512, avx2, sse4.2, neon, or unknown. */
  readonly vector: string;
  readonly engine: string;
  /** Whether nobody else computed at any of the moments at which we looked. */
  readonly quiet: boolean;
}

/** A tenth of all processors: the clock of the kernel ticks every 10 ms, so less would be noise. */
const BUSY = 0.1;

/** Looks now and then whether other programs compute; a benchmark asks it between its rounds, when itself is idle. */
export class QuietWatch {
  private looks = 0;
  private busyLooks = 0;

  /** Sleeps so long and sees how much of the processors was used meanwhile. */
  async look(milliseconds = 200): Promise<boolean> {
    return this.count(await this.idle(milliseconds));
  }
  /** Waits for a quiet moment, so many looks at most; only the last one counts. @returns whether it came */
  async calm(looks = 5, milliseconds = 200): Promise<boolean> {
    let idle = await this.idle(milliseconds);
    for (let more = 1; more < looks && !idle; more++) idle = await this.idle(milliseconds);
    return this.count(idle);
  }
  /**
   * Does something, and sees whether others computed meanwhile: what this process used is its own.
   * @param elsewhere  milliseconds of processors that belong to the work too, used so far by other processes
   */
  async during<T>(
    work: () => Promise<T>,
    elsewhere: () => Promise<number> = () => Promise.resolve(0),
  ): Promise<{ readonly value: T; readonly quiet: boolean }> {
    const before = { elsewhere: await elsewhere(), ...spent(), own: process.cpuUsage() };
    const value = await work();
    const { user, system } = process.cpuUsage(before.own);
    const after = spent();
    const total = after.total - before.total;
    const own = (user + system) / 1000 + (await elsewhere()) - before.elsewhere;
    const foreign = after.busy - before.busy - own;
    return { value, quiet: this.count(!(total > 0 && foreign / total > BUSY)) };
  }
  /** One busy moment in ten is forgiven. */
  get quiet(): boolean {
    return this.looks > 0 && this.busyLooks <= this.looks / 10;
  }

  private async idle(milliseconds: number): Promise<boolean> {
    const before = spent();
    await new Promise((done) => setTimeout(done, milliseconds));
    const after = spent();
    const total = after.total - before.total;
    return !(total > 0 && (after.busy - before.busy) / total > BUSY);
  }
  private count(quiet: boolean): boolean {
    this.looks++;
    if (!quiet) this.busyLooks++;
    return quiet;
  }
}

export const machineOf = (watch: QuietWatch): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  vector: vectorInstructions(),
  engine: `v8 ${process.versions.v8}`,
  quiet: watch.quiet,
});

/** Milliseconds of all processors since the machine started. */
function spent(): { busy: number; total: number } {
  let busy = 0;
  let total = 0;
  for (const { times } of cpus()) {
    const all = times.user + times.nice + times.sys + times.irq + times.idle;
    total += all;
    busy += all - times.idle;
  }
  return { busy, total };
}

function vectorInstructions(): string {
  if (process.arch === 'arm64') return 'neon';
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? '';
    return flags.includes(' avx512f') ? 'avx512' : flags.includes(' avx2') ? 'avx2' : flags.includes(' sse4_2') ? 'sse4.2' : 'unknown';
  } catch {
    return 'unknown';
  }
}
