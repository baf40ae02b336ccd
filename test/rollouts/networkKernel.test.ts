import { describe, expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { kernelEngine } from '../../src/shared/rollouts/kernels/engine';
import type { DynamicsModel } from '../../src/shared/models/model';
import type { Arithmetic, KernelChoice } from '../../src/shared/rollouts/kernels/source';
import type { Propagation, RolloutSubject } from '../../src/shared/rollouts/rollouts';
import { networkSubject, type NetworkCase } from '../support/networkSubject';
import { farthest, oracleOf, randomJob } from '../support/rolloutJobs';

const kernels = loadKernels();
const HORIZON = 30;
const COUNT = 45; // no multiple of a chunk
const arithmetics: readonly Arithmetic[] = kernels.fuses ? ['portable', 'fused'] : ['portable'];

const usual: NetworkCase = {
  setup: 'light',
  widths: [64, 64],
  activation: 'silu',
  symmetry: 'none',
  priors: ['integrates', 'placeFree', 'mirror'],
};

const jobOf = (subject: RolloutSubject, tips?: Float32Array) => randomJob(subject, COUNT, HORIZON, tips);
function costsOf(subject: RolloutSubject, choice: KernelChoice, tips?: Float32Array): Float64Array {
  const rollouts = kernelEngine(kernels, choice).create(subject);
  expect(rollouts.compiled).toBe(true);
  const job = jobOf(subject, tips);
  rollouts.evaluate(job);
  return job.costs;
}
const oracle = (subject: RolloutSubject, tips?: Float32Array) => oracleOf(subject, jobOf(subject, tips));

const cases: readonly [string, NetworkCase][] = [
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
    const subject = networkSubject(which);
    expect(farthest(costsOf(subject, { arithmetic, block: 4 }), oracle(subject))).toBeLessThan(1e-6);
  });
  test.each<[string, Propagation]>([
    ['a member each step', { members: 'eachStep', particles: 4, noise: false }],
    ['the mean of members', { members: 'mean', particles: 1, noise: false }],
    ['noise', { members: 'toTheEnd', particles: 1, noise: true }],
    ['noise and a member each step', { members: 'eachStep', particles: 5, noise: true }],
    ['noise of the mean', { members: 'mean', particles: 1, noise: true }],
  ])('propagates as the reference does: %s', (_name, propagation) => {
    for (const symmetry of ['none', 'exactlyOdd'] as const) {
      const subject = networkSubject({ ...usual, symmetry }, propagation);
      const costs = costsOf(subject, { arithmetic, block: 6 });
      expect(farthest(costs, oracle(subject))).toBeLessThan(1e-6);
      expect(farthest(costs, oracle(networkSubject({ ...usual, symmetry })))).toBeGreaterThan(1e-4); // another question, another answer
    }
  });
  test.each(cases)('single steps, of members and of their mean, and their spread are those of the model: %s', (_name, which) => {
    const subject = networkSubject(which);
    const { model } = subject;
    const rollouts = kernelEngine(kernels, { arithmetic, block: 5 }).create(subject);
    const inKernel = rollouts.model;
    expect(inKernel).not.toBe(model);
    const n = subject.instance.size;
    const count = 13; // no multiple of a chunk
    const states = Float64Array.from({ length: count * n }, (_, i) => 2 * Math.sin(3 * i + 1));
    const actions = Float64Array.from({ length: count }, (_, i) => subject.instance.actionLimit * Math.cos(5 * i));
    const near = (one: Float64Array, other: Float64Array, within: number) =>
      one.forEach((value, i) => expect(Math.abs(value - other[i]!)).toBeLessThan(within));
    const next = (of: DynamicsModel, member: number) => {
      const moved = states.slice();
      of.predict(moved, actions, count, member);
      return moved;
    };
    for (let member = -1; member < model.members; member++) near(next(inKernel, member), next(model, member), 3e-6);
    const [spread, wanted] = [new Float64Array(count * n), new Float64Array(count * n)];
    const [along, alone] = [states.slice(), states.slice()];
    inKernel.spreadAndPredict!(along, actions, count, spread);
    model.spreadAndPredict!(alone, actions, count, wanted);
    near(along, alone, 3e-6);
    near(spread, wanted, 3e-6);
    expect(Math.max(...wanted)).toBeGreaterThan(1e-3);
    expect(next(inKernel, 0)).not.toEqual(next(inKernel, 1));

    const job = jobOf(subject);
    rollouts.evaluate(job); // what was asked in between does not show
    expect([...job.costs]).toEqual([...costsOf(subject, { arithmetic, block: 5 })]);
  });
  test('every register block gives the same bits', () => {
    const subject = networkSubject(usual);
    const four = costsOf(subject, { arithmetic, block: 4 });
    for (const block of [5, 6] as const) expect(costsOf(subject, { arithmetic, block })).toEqual(four);
  });
  test('portions and single particles give the bits of the whole', () => {
    const subject = networkSubject(usual, { members: 'toTheEnd', particles: 1, noise: true });
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
    const subject = networkSubject(usual);
    const tips = new Float32Array(COUNT * (HORIZON + 1) * 2);
    const wanted = tips.slice();
    costsOf(subject, { arithmetic, block: 6 }, tips);
    oracle(subject, wanted);
    expect(tips.every((value, i) => Math.abs(value - wanted[i]!) < 1e-4)).toBe(true);
  });
  test('an angle after many turns costs what it costs before them, as for the reference', () => {
    const subject = networkSubject(usual);
    const job = jobOf(subject);
    job.state[2]! += 80 * Math.PI;
    kernelEngine(kernels, { arithmetic, block: 6 }).create(subject).evaluate(job);
    expect(farthest(job.costs, oracle(subject))).toBeLessThan(1e-6);
  });
  test('a diverged future costs Infinity and spoils no neighbour', () => {
    const subject = networkSubject(usual);
    const job = jobOf(subject);
    job.actions[3 * HORIZON + 4] = NaN;
    kernelEngine(kernels, { arithmetic, block: 6 }).create(subject).evaluate(job);
    const wanted = costsOf(subject, { arithmetic, block: 6 });
    wanted[3] = Infinity;
    expect(job.costs).toEqual(wanted);
  });
  test('a horizon longer than any before costs what the reference costs', () => {
    const subject = networkSubject(usual, { members: 'eachStep', particles: 2, noise: false });
    const rollouts = kernelEngine(kernels, { arithmetic, block: 6 }).create(subject);
    for (const horizon of [20, 1500]) {
      const job = randomJob(subject, 3, horizon);
      rollouts.evaluate(job);
      // over 30 s two futures that differ in the last bit part: only the order of magnitude is left
      expect(farthest(job.costs, oracleOf(subject, job))).toBeLessThan(horizon === 20 ? 1e-6 : 0.1);
    }
  });
});
