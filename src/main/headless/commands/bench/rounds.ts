import type { BenchContext, RatioSamples } from './work';
import { median, rounded, statistics, type BenchRow } from './timing';

/** Something that does the work, in its own way. */
export interface Contender {
  readonly name: string;
  readonly threads: number;
  readonly note?: string;
  /**
   * Does the work once, as it would be used.
   * @param time  counts from 1; names random streams
   * @returns     its milliseconds by a clock of its own, where it has one; NaN when it can take part no more
   */
  once(time: number): void | Promise<void | number>;
  /** Milliseconds of processors that it has used so far in processes of its own. */
  spentElsewhere?(): Promise<number>;
  /** Takes part in so many rounds at most, and is not warmed up: for what takes seconds. */
  readonly mostRounds?: number;
  close?(): void | Promise<void>;
}
/** A contender and its samples in milliseconds, by round. */
export interface Measured {
  readonly contender: Contender;
  readonly rounds: readonly (readonly number[])[];
}

const WARM_UPS = 3;
/** Threads of other processes spin for a while before they sleep, and would disturb who comes next. */
const REST = 20;
/** A round gives each contender so much time, in milliseconds, or one sample. */
const TIME_IN_ROUND = 400;
const MOST_IN_ROUND = 20;

/**
 * Lets all contenders work in turn, round after round, each round after a quiet moment, so that what slows the machine
 * down slows all of them. Rounds in which other programs computed are kept only when no quiet ones are left.
 */
export async function inTurn(work: string, contenders: readonly Contender[], context: BenchContext): Promise<Measured[]> {
  const { world, watch, rounds } = context;
  const kept: { readonly quiet: boolean; readonly samples: readonly (readonly number[])[] }[] = [];
  let time = 0;
  const report = (done: number) => world.progress.report({ phase: `bench ${work}`, done, total: rounds, unit: 'round' });
  report(0);
  const elsewhere = async () => {
    let sum = 0;
    for (const { spentElsewhere } of contenders) sum += (await spentElsewhere?.()) ?? 0;
    return sum;
  };
  for (const { once, mostRounds } of contenders)
    for (let i = 0; i < WARM_UPS && mostRounds === undefined && !world.signal.aborted; i++) await once(++time);
  for (let round = 0; round < rounds && !world.signal.aborted; round++) {
    await watch.calm();
    const { value, quiet } = await watch.during(async () => {
      const samples: number[][] = [];
      for (const { once, mostRounds = Infinity, spentElsewhere } of contenders) {
        const own: number[] = [];
        samples.push(own);
        const began = world.now();
        while (round < mostRounds && own.length < MOST_IN_ROUND && (own.length === 0 || world.now() - began < TIME_IN_ROUND)) {
          const from = world.now();
          const took = (await once(++time)) ?? world.now() - from;
          if (Number.isNaN(took)) break;
          own.push(took);
        }
        if (spentElsewhere !== undefined) await new Promise((done) => setTimeout(done, REST));
      }
      return samples;
    }, elsewhere);
    kept.push({ quiet, samples: value });
    report(round + 1);
  }
  const quiet = kept.filter((round) => round.quiet);
  const used = quiet.length > 0 ? quiet : kept;
  return contenders.map((contender, c) => {
    const own = used.map(({ samples }) => samples[c]!);
    // a slow one had few rounds, and they may all have been disturbed
    return { contender, rounds: own.some(({ length }) => length > 0) ? own : kept.map(({ samples }) => samples[c]!) };
  });
}

export const closeAll = async (contenders: readonly Contender[]): Promise<void> => {
  for (const { close } of contenders) await close?.();
};

/** One contender's time over another's, for each round in which both took part. */
export function ratiosWithin(over: Measured, under: Measured): number[] {
  return over.rounds.flatMap((samples, round) => {
    const other = under.rounds[round];
    return samples.length > 0 && other !== undefined && other.length > 0 ? [median(samples) / median(other)] : [];
  });
}

/** Rows of a work, the first contender being ours; and its ratio to each other. */
export function rowsOf(
  work: string,
  measured: readonly Measured[],
  units: { readonly steps?: number; readonly shareOfPeak?: (measured: Measured) => number | null } = {},
): { rows: BenchRow[]; ratios: RatioSamples[] } {
  const ours = measured[0]!;
  const present = measured.filter(({ rounds }) => rounds.some(({ length }) => length > 0));
  const rows = present.map((one) => {
    const { contender, rounds } = one;
    const figures = statistics(rounds.flat());
    return {
      work,
      contender: contender.name,
      ...(contender.note === undefined ? {} : { note: contender.note }),
      threads: contender.threads,
      ...figures,
      ratioToOurs: one === ours ? 1 : rounded(median(ratiosWithin(one, ours))),
      ...(units.steps === undefined ? {} : { millionStepsPerSecond: rounded(units.steps / figures.medianMs / 1000) }),
      shareOfPeak: units.shareOfPeak?.(one) ?? null,
    };
  });
  const ratios = present
    .filter((one) => one !== ours)
    .map((one) => ({
      work,
      against: nameOf(one.contender, ours.contender),
      threads: ours.contender.threads,
      samples: ratiosWithin(one, ours),
    }));
  return { rows, ratios };
}

/** The contender's name; with its threads where ours of the same name has more. */
export const nameOf = ({ name, threads }: Contender, ours: Contender): string =>
  name === ours.name && threads !== ours.threads ? `${name}, ${threads} thread${threads === 1 ? '' : 's'}` : name;
