import { describe, expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { randomStream, streamKey } from '../../src/shared/math/random';
import { Features } from '../../src/shared/models/features';
import type { Prior } from '../../src/shared/models/model';
import type { Activation } from '../../src/shared/models/network/activation';
import { freshMoments } from '../../src/shared/models/network/adamW';
import { EnsembleModel, type Symmetry } from '../../src/shared/models/network/ensembleModel';
import { networkLayout } from '../../src/shared/models/network/layout';
import { initialParameters } from '../../src/shared/models/network/train';
import { reference } from '../../src/shared/rollouts';
import { kernelEngine } from '../../src/shared/rollouts/kernels/engine';
import type { Arithmetic, KernelChoice } from '../../src/shared/rollouts/kernels/source';
import type { Propagation, RolloutSubject } from '../../src/shared/rollouts/rollouts';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';

const kernels = loadKernels();
const HORIZON = 30;
const COUNT = 45; // no multiple of a chunk
const arithmetics: readonly Arithmetic[] = kernels.fuses ? ['portable', 'fused'] : ['portable'];

interface Case {
  readonly setup: 'light' | 'pilco' | 'pendulum';
  readonly widths: readonly number[];
  readonly activation: Activation;
  readonly symmetry: Symmetry;
  readonly priors: readonly Prior[];
}
const usual: Case = {
  setup: 'light',
  widths: [64, 64],
  activation: 'silu',
  symmetry: 'none',
  priors: ['integrates', 'placeFree', 'mirror'],
};

function subjectOf({ setup, widths, activation, symmetry, priors }: Case, propagation?: Propagation, members = 3): RolloutSubject {
  const { plant, instance, period, cost, setup: resolved } = resolveSetup(builtInSetups[setup]!);
  const features = new Features(plant, instance.actionLimit, period, priors);
  const outputs = features.outputs.length;
  const layout = networkLayout(members, features.inputs.length, widths, 2 * outputs);
  const parameters = initialParameters(layout, 7, { weightScale: 1.4, biasScale: 0.3, lastScale: 0.6 });
  const header = {
    format: 'upright model' as const,
    version: 1 as const,
    kind: 'ensemble',
    plant: resolved.plant,
    channels: plant.channels.map(({ id }) => id),
    period,
    priors,
    settings: {},
    seed: 7,
    rows: 0,
    structure: {},
  };
  const scales = Float64Array.from(features.outputs, (_, o) => 2 + o);
  const shape = { layout, activation, loss: 'gaussianLikelihood' as const, symmetry, scales };
  const model = new EnsembleModel(header, features, shape, parameters, freshMoments(layout.size));
  return { plant, instance, model, cost, ...(propagation && { propagation }) };
}
function jobOf({ plant, instance }: RolloutSubject, tips?: Float32Array) {
  const random = randomStream(streamKey(11, 0, 0, 0));
  const actions = Float64Array.from({ length: COUNT * HORIZON }, () => instance.actionLimit * (2 * random.uniform() - 1));
  const state = plant.hanging();
  state[state.length - 1] = 0.4;
  return {
    state,
    previousAction: 0.3,
    actions,
    horizon: HORIZON,
    from: 0,
    to: COUNT,
    costs: new Float64Array(COUNT),
    stream: 12345,
    ...(tips && { tips }),
  };
}
function costsOf(subject: RolloutSubject, choice: KernelChoice, tips?: Float32Array): Float64Array {
  const rollouts = kernelEngine(kernels, choice).create(subject);
  expect(rollouts.label).toMatch(/^Kernel/);
  const job = jobOf(subject, tips);
  rollouts.evaluate(job);
  return job.costs;
}
function oracle(subject: RolloutSubject, tips?: Float32Array): Float64Array {
  const job = jobOf(subject, tips);
  reference.create(subject).evaluate(job);
  return job.costs;
}
/** Largest relative difference of two lists of costs. */
const apart = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!) / Math.abs(b[i]!)), 0);

const cases: readonly [string, Case][] = [
  ['SiLU', usual],
  ['tanh', { ...usual, activation: 'tanh' }],
  ['ReLU', { ...usual, activation: 'relu' }],
  ['odd widths', { ...usual, widths: [33, 5, 17] }],
  ['one layer', { ...usual, widths: [9] }],
  ['wide', { ...usual, widths: [128, 70] }],
  ['exactly odd', { ...usual, symmetry: 'exactlyOdd' }],
  ['without priors', { ...usual, priors: [] }],
  ['another setup', { ...usual, setup: 'pilco', symmetry: 'exactlyOdd' }],
  ['another plant', { ...usual, setup: 'pendulum', symmetry: 'exactlyOdd' }],
];
describe.each(arithmetics)('the network kernel, %s', (arithmetic) => {
  test.each(cases)('costs what the reference costs: %s', (_name, which) => {
    const subject = subjectOf(which);
    expect(apart(costsOf(subject, { arithmetic, block: 4 }), oracle(subject))).toBeLessThan(1e-6);
  });
  test.each<[string, Propagation]>([
    ['a member each step', { members: 'eachStep', particles: 4, noise: false }],
    ['the mean of members', { members: 'mean', particles: 1, noise: false }],
    ['noise', { members: 'toTheEnd', particles: 1, noise: true }],
    ['noise and a member each step', { members: 'eachStep', particles: 5, noise: true }],
    ['noise of the mean', { members: 'mean', particles: 1, noise: true }],
  ])('propagates as the reference does: %s', (_name, propagation) => {
    for (const symmetry of ['none', 'exactlyOdd'] as const) {
      const subject = subjectOf({ ...usual, symmetry }, propagation);
      const costs = costsOf(subject, { arithmetic, block: 6 });
      expect(apart(costs, oracle(subject))).toBeLessThan(2e-6);
      expect(apart(costs, oracle(subjectOf({ ...usual, symmetry })))).toBeGreaterThan(1e-4); // another question, another answer
    }
  });
  test('every register block gives the same bits', () => {
    const subject = subjectOf(usual);
    const four = costsOf(subject, { arithmetic, block: 4 });
    for (const block of [5, 6] as const) expect(costsOf(subject, { arithmetic, block })).toEqual(four);
  });
  test('portions and single particles give the bits of the whole', () => {
    const subject = subjectOf(usual, { members: 'toTheEnd', particles: 1, noise: true });
    const whole = costsOf(subject, { arithmetic, block: 6 });
    const rollouts = kernelEngine(kernels, { arithmetic, block: 6 }).create(subject);
    const job = jobOf(subject);
    for (const [from, to] of [
      [40, COUNT],
      [0, 8],
      [8, 40],
    ] as const)
      rollouts.evaluate({ ...job, from, to });
    expect(job.costs).toEqual(whole);
    const sums = new Float64Array(COUNT);
    for (let particle = 0; particle < rollouts.particles; particle++) {
      rollouts.evaluate({ ...job, particle });
      for (let i = 0; i < COUNT; i++) sums[i]! += job.costs[i]! / rollouts.particles;
    }
    expect(sums).toEqual(whole);
  });
  test('tips are where the reference puts them', () => {
    const subject = subjectOf(usual);
    const tips = new Float32Array(COUNT * (HORIZON + 1) * 2);
    const wanted = tips.slice();
    costsOf(subject, { arithmetic, block: 6 }, tips);
    oracle(subject, wanted);
    expect(tips.every((value, i) => Math.abs(value - wanted[i]!) < 1e-4)).toBe(true);
  });
  test('an angle after many turns costs what it costs before them, as for the reference', () => {
    const subject = subjectOf(usual);
    const job = jobOf(subject);
    job.state[2]! += 80 * Math.PI;
    kernelEngine(kernels, { arithmetic, block: 6 }).create(subject).evaluate(job);
    expect(apart(job.costs, oracle(subject))).toBeLessThan(2e-6);
  });
  test('a diverged future costs Infinity and spoils no neighbour', () => {
    const subject = subjectOf(usual);
    const job = jobOf(subject);
    job.actions[3 * HORIZON + 4] = NaN;
    kernelEngine(kernels, { arithmetic, block: 6 }).create(subject).evaluate(job);
    const wanted = costsOf(subject, { arithmetic, block: 6 });
    wanted[3] = Infinity;
    expect(job.costs).toEqual(wanted);
  });
});
