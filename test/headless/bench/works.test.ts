import { expect, test } from 'vitest';
import { benchNetwork, W1 } from '../../../src/main/headless/commands/bench/networkWorks';
import { plainNetworkCosts } from '../../../src/main/headless/commands/bench/peers/plainNetwork';
import { chance, plainSearch } from '../../../src/main/headless/commands/bench/peers/plainSearch';
import { benchEquations, benchProcess } from '../../../src/main/headless/commands/bench/searchWorks';
import { matrixFlopOf, randomNetworks } from '../../../src/main/headless/commands/bench/subjects';
import { benchTraining } from '../../../src/main/headless/commands/bench/trainingWork';
import { START } from '../../../src/main/headless/commands/bench/sizes';
import type { WorkResult } from '../../../src/main/headless/commands/bench/work';
import { contextOf } from './standIns';

const size = { population: 24, horizon: 10, iterations: 2, elites: 4 };
const context = contextOf();
const names = ({ rows }: WorkResult) => [...new Set(rows.map(({ contender }) => contender.replace(/kernel (fused|mul\+add)/, 'kernel')))];
const failed = ({ parity }: WorkResult) => parity.filter(({ passed }) => !passed);

test('W1, small: everybody who takes part makes the same costs', async () => {
  const result = await benchNetwork({ ...W1, size, widths: [16, 16] }, context);
  expect(names(result)).toEqual(['kernel', 'reference, tiled', 'plain TypeScript', 'tfjs-wasm']);
  expect(result.rows[0]).toMatchObject({ work: 'W1', ratioToOurs: 1, threads: 1 });
  expect(result.parity.length).toBeGreaterThanOrEqual(3);
  expect(failed(result)).toEqual([]);
});

test('W3 and GP, small: plain loops that share nothing with ours make the same costs', async () => {
  for (const result of [await benchEquations(context, size), await benchProcess(context, size, 20)]) {
    expect(names(result)).toEqual(expect.arrayContaining(['reference', 'plain TypeScript']));
    expect(failed(result)).toEqual([]);
  }
});

test('W4, small: kernels and TensorFlow.js arrive at the same loss', async () => {
  const result = await benchTraining(context, { members: 2, widths: [16, 16], transitions: 512, batch: 64 });
  expect(names(result)).toEqual(['kernel', 'tfjs-wasm', 'tfjs-wasm tuned']);
  expect(failed(result)).toEqual([]);
});

test('the work of W1 is 300,000 steps and 2.995 GFLOP', () => {
  const { population, horizon, iterations } = W1.size;
  const steps = population * horizon * iterations * W1.members;
  expect([steps, steps * matrixFlopOf(W1.widths)]).toEqual([300_000, 2_995_200_000]);
});

test('other weights give other costs: parity would see them', () => {
  const actions = new Float64Array(10).fill(0.5);
  const [one, other] = [1, 2].map((seed) => {
    const costs = new Float64Array(1);
    plainNetworkCosts(randomNetworks(2, [16], seed).plain, START, actions, 10, costs);
    return costs[0]!;
  });
  expect(Math.abs(one! - other!) / one!).toBeGreaterThan(1e-5);
});

test('the plain search finds the least of a bowl', () => {
  const target = [0.5, -0.25, 0];
  const bowl = (actions: Float64Array, costs: Float64Array) =>
    costs.forEach((_, i) => (costs[i] = target.reduce((sum, wanted, t) => sum + (actions[3 * i + t]! - wanted) ** 2, 0)));
  const mean = plainSearch({ population: 200, horizon: 3, iterations: 12, elites: 20 }, bowl, chance(3));
  mean.forEach((action, t) => expect(action).toBeCloseTo(target[t]!, 1));
});
