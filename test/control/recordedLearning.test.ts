/** Learning on a stepped clock learns the same whether somebody records it or not. */
import { expect, test } from 'vitest';
import { fixedEngine } from '../../src/main/control/engines';
import { learnFromScratch } from '../../src/main/control/learningRun';
import { PlannerPool } from '../../src/main/control/plannerPool';
import { loadKernels } from '../../src/main/workers/kernels';
import { usualChoice } from '../../src/shared/rollouts/kernels/source';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import { recordInto } from '../support/recordedPendulum';
import { Tape } from '../support/tape';

test.each([
  ['pendulum', {}],
  ['light', { 'planner.population': 48, 'loop.fan': 'all' }],
] as const)('%s: the same result to the last bit, and the fans of ten plans a second', async (name, values) => {
  const tape = new Tape();
  const { resolved, result } = await recordInto(tape, name, values, 4);
  const { setup } = resolveSetup(withValues(builtInSetups[name]!, resolved.setup.values));
  const alone = () => {
    throw new Error('One thread is enough here.');
  };
  const pool = new PlannerPool(1, alone, fixedEngine(loadKernels(), usualChoice('portable')));
  let ms = 0;
  const unrecorded = await learnFromScratch(
    resolveSetup(setup),
    { experienceSeconds: 4, wallSeconds: 600 },
    { now: () => (ms += 0.25), pool },
  );
  const { model, planMs, ...rest } = unrecorded;
  const { model: recordedModel, planMs: recordedMs, ...recordedRest } = result;
  expect(recordedRest).toEqual(rest);
  expect(recordedMs.length).toBe(planMs.length);
  expect(recordedModel!.save()).toEqual(model!.save());
  for (const { fans, plans, periods } of tape.episodes) {
    const planned = plans.length * resolved.period;
    expect(Math.abs(fans.length - 10 * planned)).toBeLessThan(2);
    expect(fans.every(({ rollouts }) => (name === 'light' ? rollouts > 40 : rollouts === 40))).toBe(true);
    // a fan begins where its plan begins: at the estimate, carried through the commands under way
    expect(fans.at(-1)!.step).toBeLessThanOrEqual(periods.length);
  }
});
