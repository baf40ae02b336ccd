import { randomStream, streamKey } from '../../src/shared/math/random';
import { reference } from '../../src/shared/rollouts';
import type { RolloutJob, RolloutSubject } from '../../src/shared/rollouts/rollouts';

/** Random actions from a pole that hangs and turns a little; the same for every subject of a plant. */
export function randomJob({ plant, instance }: RolloutSubject, count: number, horizon: number, tips?: Float32Array): RolloutJob {
  const random = randomStream(streamKey(11, 0, 0, 0));
  const actions = Float64Array.from({ length: count * horizon }, () => instance.actionLimit * (2 * random.uniform() - 1));
  const state = plant.hanging();
  state[state.length - 1] = 0.4;
  const costs = new Float64Array(count);
  return { state, previousAction: 0.3, actions, horizon, from: 0, to: count, costs, stream: 12345, ...(tips && { tips }) };
}
/** What the reference makes of a job. */
export function oracleOf(subject: RolloutSubject, job: RolloutJob): Float64Array {
  const costs = new Float64Array(job.costs.length);
  reference.create(subject).evaluate({ ...job, costs });
  return costs;
}
/** Relative differences of two lists of costs, ascending. */
export const differences = (a: Float64Array, b: Float64Array): Float64Array =>
  a.map((value, i) => Math.abs(value - b[i]!) / Math.abs(b[i]!)).sort();
export const farthest = (a: Float64Array, b: Float64Array): number => differences(a, b).at(-1)!;
