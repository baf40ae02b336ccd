import type { SearchSize } from '../sizes';

/** Uniform in (0, 1). */
export type Chance = () => number;

/** A small generator: xorshift of 32 bits (Marsaglia 2003). */
export function chance(seed: number): Chance {
  let x = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return ((x >>> 0) + 0.5) / 4294967296;
  };
}
export const gaussian = (random: Chance): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

/** Normal numbers two at a time, which is twice as fast. */
export function gaussianPairs(random: Chance): Chance {
  let kept: number | undefined;
  return () => {
    if (kept !== undefined) {
      const second = kept;
      kept = undefined;
      return second;
    }
    const length = Math.sqrt(-2 * Math.log(random()));
    const turn = 2 * Math.PI * random();
    kept = length * Math.sin(turn);
    return length * Math.cos(turn);
  };
}

/**
 * The cross-entropy method in a page, as one writes it without a thought for speed: for peers, which are programs of
 * their own and share nothing with the planner that they are compared with.
 *
 * @param evaluate  costs [population] of actions [population × horizon] in units of the limit
 * @returns         the last mean
 */
export function plainSearch(
  size: SearchSize,
  evaluate: (actions: Float64Array, costs: Float64Array) => void,
  random: Chance,
): Float64Array {
  const search = populations(size, () => gaussian(random));
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
    evaluate(value.actions, value.costs);
  }
}
/** The same for who evaluates elsewhere. @param normal  normal numbers */
export async function plainSearchLater(
  size: SearchSize,
  evaluate: (actions: Float64Array, costs: Float64Array) => Promise<void>,
  normal: Chance,
): Promise<Float64Array> {
  const search = populations(size, normal);
  for (;;) {
    const { done, value } = search.next();
    if (done === true) return value;
    await evaluate(value.actions, value.costs);
  }
}

/** Each population that is to be evaluated, then the last mean. */
function* populations(
  { population, horizon, iterations, elites }: SearchSize,
  normal: Chance,
): Generator<{ readonly actions: Float64Array; readonly costs: Float64Array }, Float64Array> {
  const mean = new Float64Array(horizon);
  const spread = new Float64Array(horizon).fill(0.5);
  const actions = new Float64Array(population * horizon);
  const costs = new Float64Array(population);
  for (let iteration = 0; iteration < iterations; iteration++) {
    for (let i = 0; i < population; i++)
      for (let t = 0; t < horizon; t++) actions[i * horizon + t] = Math.max(-1, Math.min(1, mean[t]! + spread[t]! * normal()));
    yield { actions, costs };
    const best = Array.from(costs.keys())
      .sort((a, b) => costs[a]! - costs[b]!)
      .slice(0, elites);
    for (let t = 0; t < horizon; t++) {
      let sum = 0;
      let squares = 0;
      for (const i of best) {
        const action = actions[i * horizon + t]!;
        sum += action;
        squares += action * action;
      }
      const mu = sum / elites;
      mean[t] = 0.1 * mean[t]! + 0.9 * mu;
      spread[t] = 0.1 * spread[t]! + 0.9 * Math.sqrt(Math.max(0, squares / elites - mu * mu));
    }
  }
  return mean;
}
