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

/** Looks now and then whether other programs compute; a benchmark asks it between its rounds, when itself is idle. */
export class QuietWatch {
  private looks = 0;
  private busyLooks = 0;

  /** Sleeps so long and sees how much of the processors was used meanwhile. */
  async look(milliseconds = 200): Promise<void> {
    const before = spent();
    await new Promise((done) => setTimeout(done, milliseconds));
    const after = spent();
    const total = after.total - before.total;
    this.looks++;
    // A tenth of all processors: the clock of the kernel ticks every 10 ms, so less would be noise.
    if (total > 0 && (after.busy - before.busy) / total > 0.1) this.busyLooks++;
  }
  /** One busy moment in ten is forgiven. */
  get quiet(): boolean {
    return this.looks > 0 && this.busyLooks <= this.looks / 10;
  }
}

export const machineOf = (watch: QuietWatch): Machine => ({
  cpu: cpus()[0]?.model.trim() ?? 'unknown',
  cores: cpus().length,
  vector: vectorInstructions(),
  engine: `v8 ${process.versions.v8}`,
  quiet: watch.quiet,
});

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
