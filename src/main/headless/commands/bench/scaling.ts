import { aligned } from '../fit/errors';
import { kernelContenders } from './kernelChoices';
import { ourSearch } from './ourSearch';
import { closeAll, inTurn, type Measured } from './rounds';
import { START, type SearchSize } from './sizes';
import { randomNetworks } from './subjects';
import { median, rounded } from './timing';
import type { BenchContext, WorkResult } from './work';

/** What is varied, the others staying at the size of W1; one iteration of the search. */
const varied = {
  population: [100, 200, 400, 800, 1600],
  horizon: [15, 30, 60, 120],
  members: [1, 2, 5, 10, 20],
} as const;
const BASE = { population: 400, horizon: 30, members: 5 };
const WIDTHS = [64, 64];

/** How the time of a plan grows with what is asked of it, on one thread: the exponent of a power law; 1 is in proportion. */
export async function benchScaling(context: BenchContext): Promise<WorkResult> {
  const { seed, threads } = context;
  const kernel = { ...kernelContenders(1)[0]!, threads: 1 };
  const found = [];
  for (const [what, values] of Object.entries(varied)) {
    if (context.world.signal.aborted) break;
    const contenders = values.map((value) => {
      const asked: typeof BASE = { ...BASE };
      asked[what as keyof typeof BASE] = value;
      const { population, horizon, members } = asked;
      const size: SearchSize = { population, horizon, iterations: 1, elites: Math.round(population / 10) };
      const propagation = { members: 'toTheEnd', particles: members, noise: true } as const;
      const model = randomNetworks(members, WIDTHS, seed).saved;
      return ourSearch({ ...kernel, note: `${what} ${value}`, size, model, start: START, seed, propagation });
    });
    const measured = await inTurn(`scaling, ${what}`, contenders, context);
    await closeAll(contenders);
    found.push({
      what,
      values,
      milliseconds: measured.map(({ rounds }) => rounded(median(rounds.flat()))),
      samples: exponents(values, measured),
    });
  }
  return {
    rows: [],
    ratios: found.map(({ what, samples }) => ({ work: 'scaling', against: what, threads, samples })),
    parity: [],
    extra: {
      scaling: found.map(({ what, values, milliseconds, samples }) => ({
        varied: what,
        values,
        milliseconds,
        exponent: rounded(median(samples)),
      })),
    },
    text: aligned(
      [
        ['one thread', 'values', 'ms', 'exponent'],
        ...found.map(({ what, values, milliseconds, samples }) => [
          what,
          values.join(' '),
          milliseconds.join(' '),
          median(samples).toFixed(3),
        ]),
      ],
      3,
    ),
  };
}

/** Slope of log time over log value by least squares, for each round. */
export function exponents(values: readonly number[], measured: readonly Pick<Measured, 'rounds'>[]): number[] {
  const x = values.map(Math.log);
  const middle = x.reduce((sum, value) => sum + value, 0) / x.length;
  const squares = x.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  const rounds = measured[0]?.rounds.length ?? 0;
  return Array.from({ length: rounds }, (_, round) =>
    measured.reduce((sum, one, i) => sum + ((x[i]! - middle) * Math.log(median(one.rounds[round]!))) / squares, 0),
  );
}
