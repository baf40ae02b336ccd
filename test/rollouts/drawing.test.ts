import { describe, expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { word, streamFamily, streamKey, keyWithin } from '../../src/shared/math/random';
import { reference } from '../../src/shared/rollouts';
import { BANK, drawCandidate, drawCandidates } from '../../src/shared/rollouts/drawing';
import { kernelEngine } from '../../src/shared/rollouts/kernels/engine';
import { usualChoice } from '../../src/shared/rollouts/kernels/source';
import type { RolloutJob, RolloutSubject, Rollouts } from '../../src/shared/rollouts/rollouts';
import { someDrawing } from '../support/drawings';
import { networkSubject } from '../support/networkSubject';
import { equations, process } from '../support/noisyPlans';
import { randomJob } from '../support/rolloutJobs';

const kernels = loadKernels();
const COUNT = 37;
const HORIZON = 21;
const subjects: readonly [string, () => RolloutSubject][] = [
  ['networks with noise', () => networkSubject({}, { members: 'toTheEnd', particles: 3, noise: true })],
  ['the equations of motion', equations],
  ['a Gaussian process', process],
];
/** Of each kind of rollouts: fused where the engine fuses, portable, and the reference. */
const engines = [
  ...(kernels.fuses ? [kernelEngine(kernels, usualChoice('fused'))] : []),
  kernelEngine(kernels, usualChoice('portable')),
  reference,
];

/** The same job twice: with candidates that are to be drawn, and with all of them written down. */
function bothWays(subject: RolloutSubject, range: readonly [number, number], seed = 1): readonly [RolloutJob, RolloutJob] {
  const job = randomJob(subject, COUNT, HORIZON);
  const drawing = someDrawing(subject.instance.actionLimit, HORIZON, range, seed);
  const actions = job.actions.slice();
  drawCandidates(drawing, 0, COUNT, actions);
  // rows that are to be drawn must not be looked at
  job.actions.fill(NaN, range[0] * HORIZON, range[1] * HORIZON);
  return [
    { ...job, drawing },
    { ...job, actions },
  ];
}
const costsOf = (rollouts: Rollouts, job: RolloutJob): Float64Array => {
  const costs = new Float64Array(COUNT);
  rollouts.evaluate({ ...job, costs });
  return costs;
};

describe.each(engines.map((engine) => [engine.label, engine] as const))('%s', (_label, engine) => {
  test.each(subjects)('draws the numbers that the planner draws: %s', (_name, make) => {
    const subject = make();
    const rollouts = engine.create(subject);
    for (const range of [
      [1, 33],
      [0, COUNT],
      [5, 6],
      [8, 16],
    ] as const) {
      const [drawn, written] = bothWays(subject, range);
      const costs = costsOf(rollouts, drawn);
      expect(costs.every(Number.isFinite)).toBe(true);
      expect(costs).toEqual(costsOf(rollouts, written));
    }
    // another bank, and none again
    const [drawn, written] = bothWays(subject, [2, 30], 2);
    expect(costsOf(rollouts, drawn)).toEqual(costsOf(rollouts, written));
    expect(costsOf(rollouts, written)).toEqual(costsOf(rollouts, drawn));
  });
});

test('a candidate is a sequence of the bank, either way up, held within the limit', () => {
  const drawing = someDrawing(7, HORIZON, [0, COUNT]);
  const actions = new Float64Array(COUNT * HORIZON);
  drawCandidate(drawing, 4, actions);
  const key = keyWithin(drawing.family, 4);
  const sequence = drawing.bank.subarray((word(key, 0) % BANK) * HORIZON);
  const sign = word(key, 1) < 2 ** 31 ? -1 : 1;
  for (let t = 0; t < HORIZON; t++) {
    const share = drawing.mean[t]! + sign * drawing.spread[t]! * sequence[t]!;
    expect(actions[4 * HORIZON + t]).toBe(7 * Math.min(1, Math.max(-1, share)));
  }
  expect(actions.subarray(0, 4 * HORIZON).every((value) => value === 0)).toBe(true);
});

test('a stream is named by its family and its own number', () => {
  expect(keyWithin(streamFamily(2 ** 40 + 5, 7, 11), 13)).toBe(streamKey(2 ** 40 + 5, 7, 11, 13));
});
