import { describe, expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { reference } from '../../src/shared/rollouts';
import { kernelEngine } from '../../src/shared/rollouts/kernels/engine';
import { usualChoice } from '../../src/shared/rollouts/kernels/source';
import type { RolloutJob, Rollouts } from '../../src/shared/rollouts/rollouts';
import { networkSubject } from '../support/networkSubject';
import { randomJob } from '../support/rolloutJobs';

const COUNT = 21;
const HORIZON = 12;
const MEMBERS = 3;

describe.each([
  ['kernels', kernelEngine(loadKernels(), usualChoice('portable'))],
  ['the reference', reference],
] as const)('early populations through %s', (_name, engine) => {
  const subjectFor = (early: number) => networkSubject({}, { members: 'toTheEnd', particles: MEMBERS, noise: true, early });
  const costsOf = (rollouts: Rollouts, more: Partial<RolloutJob>) => {
    const costs = new Float64Array(COUNT);
    rollouts.evaluate({ ...randomJob(subjectFor(0), COUNT, HORIZON), costs, ...more });
    return costs;
  };

  test('go through one member, another one in the next population', () => {
    const rollouts = engine.create(subjectFor(1));
    expect(rollouts.particlesIn({ early: true })).toBe(1);
    expect(rollouts.particlesIn({ early: false })).toBe(MEMBERS);
    for (const stream of [30, 31, 32, 0xfffffff1])
      expect(costsOf(rollouts, { stream, early: true })).toEqual(costsOf(rollouts, { stream, particle: stream % MEMBERS }));
  });
  test('go through two of three, and cost their mean', () => {
    const rollouts = engine.create(subjectFor(2));
    const [two, zero] = [2, 0].map((particle) => costsOf(rollouts, { stream: 5, particle }));
    expect(costsOf(rollouts, { stream: 5, early: true })).toEqual(two!.map((cost, i) => cost / 2 + zero![i]! / 2));
    // handed out one by one, as a pool does
    expect(costsOf(rollouts, { stream: 5, early: true, particle: 0 })).toEqual(two);
    expect(costsOf(rollouts, { stream: 5, early: true, particle: 1 })).toEqual(zero);
  });
  test('are nothing special where no number is said, or all are wanted', () => {
    for (const early of [0, MEMBERS, 50]) {
      const rollouts = engine.create(subjectFor(early));
      expect(costsOf(rollouts, { stream: 5, early: true })).toEqual(costsOf(rollouts, { stream: 5 }));
    }
  });
  test('leave a path of every candidate', () => {
    const tips = new Float32Array(COUNT * (HORIZON + 1) * 2).fill(NaN);
    costsOf(engine.create(subjectFor(2)), { stream: 5, early: true, tips });
    expect(tips.every(Number.isFinite)).toBe(true);
  });
});
