import { describe, expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { randomStream } from '../../src/shared/math/random';
import { gaussianProcess } from '../../src/shared/models';
import { SHARE_OF_NOISE } from '../../src/shared/models/gaussian/compress';
import { KernelSum } from '../../src/shared/models/gaussian/kernelSum';
import { GaussianProcessModel } from '../../src/shared/models/gaussian/posterior';
import type { Prior } from '../../src/shared/models/model';
import type { Plant } from '../../src/shared/plants/plant';
import { reference } from '../../src/shared/rollouts';
import { kernelEngine, prepared } from '../../src/shared/rollouts/kernels/engine';
import { packGaussian, type GaussianPacking } from '../../src/shared/rollouts/kernels/gaussian';
import { INPUT_ROWS, LANES, MODEL, OUTPUT_ROWS } from '../../src/shared/rollouts/kernels/layout';
import type { Arithmetic } from '../../src/shared/rollouts/kernels/source';
import type { RolloutJob, RolloutSubject } from '../../src/shared/rollouts/rollouts';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import { allPriors, requestOf, wander } from '../models/wander';

const kernels = loadKernels();
const arithmetics: readonly Arithmetic[] = kernels.fuses ? ['portable', 'fused'] : ['portable'];
interface Subject extends RolloutSubject {
  readonly model: GaussianProcessModel;
}
interface Case {
  readonly setup?: 'light' | 'pendulum';
  readonly priors?: readonly Prior[];
  readonly plant?: (plant: Plant) => Plant;
  readonly settings?: Record<string, unknown>;
}
/** Two hundred transitions seen all over the space; length scales and noise as the priors have them, unless told to search. */
async function subjectOf({ setup = 'light', priors = allPriors, plant: changed = (p) => p, settings = {} }: Case): Promise<Subject> {
  const { plant: original, instance, cost } = resolveSetup(builtInSetups[setup]!);
  const plant = changed(original);
  const request = requestOf(plant, gaussianProcess, wander(original, 200, 5, 1), { firstIterations: 0, ...settings });
  const model = (await gaussianProcess.fit({ ...request, instance, priors })) as GaussianProcessModel;
  return { plant, instance, model, cost };
}
/** The same points with weights drawn at random: what is left of the weights of a fit after they cancel depends on its data. */
function withRandomWeights(subject: Subject): Subject {
  const { features, X, n, hyper, scales, searchedRows } = subject.model;
  const random = randomStream(29);
  const weights = hyper.map(() => Float64Array.from({ length: n }, () => random.normal()));
  const { header } = subject.model.save();
  return { ...subject, model: new GaussianProcessModel(header, features, X, n, hyper, weights, scales, searchedRows, 1e-6) };
}
/** A cart whose velocity the mirror leaves alone: no such plant exists, but it has two even inputs and an even output. */
const withEvenVelocity = (plant: Plant): Plant => ({
  ...plant,
  channels: plant.channels.map((channel, c) => (c === 1 ? { ...channel, mirrorSign: 1 as const } : channel)),
});

/** Means of the kernel and of the model in 64 bits at 400 × 8 random inputs, for each output. */
function meansOf(subject: Subject, arithmetic: Arithmetic, packing: GaussianPacking) {
  const { plant, instance, model } = subject;
  const { features, X, n, hyper, weights, scales } = model;
  const memory = prepared(kernels.module('gaussian', arithmetic), subject);
  const { address, sums } = packGaussian(memory, subject, model, packing);
  memory.setInt(MODEL, address);
  const exact = hyper.map((h, o) => new KernelSum(X, n, features.inputs, h, weights[o]!, scales[o]!, model.parityOf(o)));
  const random = randomStream(23);
  const D = features.inputs.length;
  const between = (limit: number) => limit * (2 * random.uniform() - 1);
  const found: number[][] = sums.map(() => []);
  const wanted: number[][] = sums.map(() => []);
  for (let trial = 0; trial < 400; trial++) {
    const lanes = Array.from({ length: LANES }, () => {
      const state = Float64Array.from(plant.channels, ({ wraps, scale }) => between(wraps ? 3.2 : scale));
      const z = new Float64Array(D);
      features.encode(state, 0, between(instance.actionLimit), z, 0);
      return z.map(Math.fround);
    });
    lanes.forEach((z, lane) => z.forEach((value, d) => memory.setFloat(INPUT_ROWS + 4 * (LANES * d + lane), value)));
    memory.call('means');
    exact.forEach((sum, o) =>
      lanes.forEach((z, lane) => {
        wanted[o]!.push(sum.evaluate(z, 0));
        found[o]!.push(memory.floats[(OUTPUT_ROWS >> 2) + LANES * o + lane]!);
      }),
    );
  }
  return { found, wanted, sums };
}
/** Differences over the root mean square of what was wanted, ascending. */
function apart(found: readonly number[], wanted: readonly number[]): number[] {
  const size = Math.sqrt(wanted.reduce((sum, value) => sum + value * value, 0) / wanted.length);
  return found.map((value, i) => Math.abs(value - wanted[i]!) / size).sort((a, b) => a - b);
}
const percentile = (sorted: readonly number[], share: number) => sorted[Math.floor(share * (sorted.length - 1))]!;

const cases: readonly [string, Case, boolean][] = [
  ['cart-pole', {}, true],
  ['pendulum', { setup: 'pendulum' }, true],
  ['cart-pole with its place', { priors: ['integrates', 'mirror'] }, false],
  ['cart-pole by changes', { priors: ['placeFree', 'mirror'] }, true],
  ['cart-pole without a mirror', { priors: ['integrates', 'placeFree'] }, false],
  ['pendulum without priors', { setup: 'pendulum', priors: [] }, false],
  ['an even output and two even inputs', { plant: withEvenVelocity }, true],
];
describe.each(arithmetics)('the kernel of a Gaussian process, %s', (arithmetic) => {
  test.each(cases)('has the means of the model: %s', async (_name, which, mild) => {
    const fitted = await subjectOf(which);
    const subject = withRandomWeights(fitted);
    for (const twoPowers of [false, true]) {
      const { found, wanted, sums } = meansOf(subject, arithmetic, { shareOfNoise: 0, twoPowers });
      expect(sums.map(({ form }) => form)).toEqual(sums.map(() => (mild && !twoPowers ? 'factored' : 'two powers')));
      found.forEach((values, o) => expect(percentile(apart(values, wanted[o]!), 0.99)).toBeLessThan(1e-5));
    }
    if (which.plant !== undefined) return;
    // weights of a fit cancel to a thousandth and less, and are rounded to 24 bits
    const { found, wanted } = meansOf(fitted, arithmetic, { shareOfNoise: 0 });
    found.forEach((values, o) => expect(percentile(apart(values, wanted[o]!), 0.99)).toBeLessThan(8e-4));
  });
  test('takes few points after a fit, and stays within the bound that it states', async () => {
    const subject = await subjectOf({ settings: { firstIterations: 40 } });
    const { found, wanted, sums } = meansOf(subject, arithmetic, {});
    const { hyper, scales } = subject.model;
    sums.forEach(({ points, bound }, o) => {
      expect(points).toBeLessThan(130); // of 200
      expect(bound).toBeLessThan(SHARE_OF_NOISE * 1.01 * Math.exp(hyper[o]!.at(-1)!) * scales[o]!);
      expect(Math.max(...found[o]!.map((value, i) => Math.abs(value - wanted[o]![i]!)))).toBeLessThan(bound);
    });
    // through all points, what is left is the rounding of weights that cancel
    const all = meansOf(subject, arithmetic, { shareOfNoise: 0 });
    all.found.forEach((values, o) => expect(percentile(apart(values, all.wanted[o]!), 0.99)).toBeLessThan(5e-4));
  });
});

const HORIZON = 24;
const COUNT = 45; // no multiple of a chunk
function jobOf({ plant, instance }: RolloutSubject): RolloutJob {
  const random = randomStream(31);
  const actions = Float64Array.from({ length: COUNT * HORIZON }, () => instance.actionLimit * (2 * random.uniform() - 1));
  const state = plant.hanging();
  state[state.length - 1] = 0.4;
  return { state, previousAction: 0.3, actions, horizon: HORIZON, from: 0, to: COUNT, costs: new Float64Array(COUNT) };
}
function oracle(subject: RolloutSubject, job: RolloutJob): Float64Array {
  const own = { ...job, costs: new Float64Array(COUNT) };
  reference.create(subject).evaluate(own);
  return own.costs;
}
const strays = (a: Float64Array, b: Float64Array) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!) / b[i]!), 0);

describe.each(arithmetics)('rollouts through a Gaussian process, %s', (arithmetic) => {
  const create = (subject: RolloutSubject, allPoints = true) => {
    const rollouts = kernelEngine(kernels, { arithmetic, block: 4, allPoints }).create(subject);
    expect(rollouts.label).toMatch(/^Kernel/);
    return rollouts;
  };
  test.each<[string, Case]>([
    ...cases.slice(0, 6).map(([name, which]): [string, Case] => [name, which]),
    ['short length scales', { settings: { lengthScale: 0.6 } }],
  ])('cost what the reference costs: %s', async (_name, which) => {
    const subject = await subjectOf(which);
    const job = jobOf(subject);
    create(subject).evaluate(job);
    expect(strays(job.costs, oracle(subject, job))).toBeLessThan(3e-4); // 1e-4 at most here: weights of a fit cancel
  });
  test('through the fewest points cost nearly the same', async () => {
    const subject = await subjectOf({ settings: { firstIterations: 40 } });
    const job = jobOf(subject);
    create(subject, false).evaluate(job);
    expect(strays(job.costs, oracle(subject, job))).toBeLessThan(2e-3);
  });
  test('a model read from a file, with its fewest points or without them, costs the same bits', async () => {
    const subject = await subjectOf({ settings: { firstIterations: 40 } });
    const { header, weights } = subject.model.save();
    const job = jobOf(subject);
    create(subject, false).evaluate(job);
    const wanted = job.costs.slice();
    const { fewest, ...structure } = header.structure as Record<string, unknown>;
    expect(fewest).toHaveLength(2);
    for (const saved of [JSON.parse(JSON.stringify(header)) as typeof header, { ...header, structure }]) {
      const model = gaussianProcess.load({ header: saved, weights }, subject.plant, subject.instance);
      create({ ...subject, model }, false).evaluate(job);
      expect(job.costs).toEqual(wanted);
    }
    const broken = { ...header, structure: { ...structure, fewest: [{ points: [900], weights: [1], bound: 0 }, fewest] } };
    expect(() => gaussianProcess.load({ header: broken, weights }, subject.plant, subject.instance)).toThrow(/damaged/);
  });
  test('a start far out of bounds is a start like another', async () => {
    const subject = await subjectOf({});
    const job = jobOf(subject);
    job.state[3] = 3 * subject.plant.channels[3]!.bound;
    create(subject).evaluate(job);
    expect(strays(job.costs, oracle(subject, job))).toBeLessThan(3e-4); // 1e-4 at most here: weights of a fit cancel
  });
  test('a candidate costs the same bits wherever it stands and however the job is cut', async () => {
    const subject = await subjectOf({});
    const job = jobOf(subject);
    const rollouts = create(subject);
    rollouts.evaluate(job);
    const whole = job.costs.slice();
    for (const [from, to] of [
      [40, COUNT],
      [0, 13],
      [13, 40],
    ] as const)
      rollouts.evaluate({ ...job, from, to });
    expect(job.costs).toEqual(whole);
    const reversed = job.actions.slice();
    for (let i = 0; i < COUNT; i++) reversed.set(job.actions.subarray(i * HORIZON, (i + 1) * HORIZON), (COUNT - 1 - i) * HORIZON);
    rollouts.evaluate({ ...job, actions: reversed });
    expect(job.costs.reverse()).toEqual(whole);
  });
  test('a diverged future costs Infinity and spoils no neighbour', async () => {
    for (const twoPowers of [false, true]) {
      const subject = await subjectOf(twoPowers ? { settings: { lengthScale: 0.6 } } : {});
      const job = jobOf(subject);
      const rollouts = create(subject);
      rollouts.evaluate(job);
      const wanted = job.costs.slice();
      wanted[3] = Infinity;
      job.actions[3 * HORIZON + 4] = NaN;
      rollouts.evaluate(job);
      expect(job.costs).toEqual(wanted);
    }
  });
});
