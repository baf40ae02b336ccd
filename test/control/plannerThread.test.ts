import { expect, test } from 'vitest';
import { PlannerThread } from '../../src/main/control/plannerThread';
import { PlanSlot } from '../../src/main/control/planSlot';
import type { FromPlanner, ToPlanner } from '../../src/main/control/plannerMessages';
import { loadKernels } from '../../src/main/workers/kernels';
import { PlanSearch } from '../../src/shared/planners/planSearch';
import * as planners from '../../src/shared/planners';
import { reference } from '../../src/shared/rollouts';
import type { SettingsOf, SettingsSchema } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';
import { networkMessage, networkSubject } from '../support/networkSubject';

const HORIZON = 12;
const setupOf = (planner: string): Setup =>
  withValues({ ...builtInSetups.light!, model: 'ensemble', planner }, { 'planner.population': 64, 'planner.horizon': HORIZON * 0.05 });

/** A leader without helpers on a clock that goes on by a tenth of a millisecond at each look, unless told otherwise. */
function leader() {
  const answers: FromPlanner[] = [];
  let looks = 0;
  let ms = 0;
  let pace = 0.1;
  const thread = new PlannerThread({
    post: (message) => void answers.push(message),
    spawnEvaluator: () => {
      throw new Error('one thread');
    },
    kernels: () => loadKernels(),
    now() {
      looks++;
      return (ms += pace);
    },
  });
  const slot = new PlanSlot();
  return {
    answers,
    slot,
    looks: () => looks,
    time: () => ms,
    look: (takes: number) => void (pace = takes),
    tell: (message: ToPlanner) => thread.receive(message),
    begin(setup: Setup) {
      const { model, plantSettings, cost } = networkMessage();
      thread.receive({ kind: 'configure', setup, threads: 1, horizon: HORIZON, searches: 1, slot: slot.memory });
      thread.receive({ kind: 'model', model, plantSettings, cost });
    },
  };
}
const planOf = (id: number): ToPlanner => ({
  kind: 'plan',
  id,
  step: id,
  time: 0,
  state: Float64Array.of(0.1, 0, 3, 0.2),
  queue: new Float64Array(0),
  wantsPicture: false,
  until: Infinity,
});

test.each(Object.keys(planners))('%s finds the same plan after a warm-up as without one', (planner) => {
  const setup = setupOf(planner);
  const one = leader();
  one.tell({ kind: 'prepare', setup, threads: 1, tuned: [] });
  one.begin(setup);
  one.tell(planOf(3));
  expect(one.answers).toMatchObject([
    { kind: 'tuned' },
    { kind: 'planned', id: 3, found: true, engine: expect.stringMatching(/^Kernel/) as string },
  ]);

  const { plant, instance, period, settings, propagation, cost } = resolveSetup(setup);
  const { model } = networkSubject();
  const rollouts = reference.create({ plant, instance, model, cost, ...(propagation && { propagation }) });
  const { horizon: _seconds, ...own } = settings.planner;
  const search = new PlanSearch({
    plant,
    instance,
    horizon: HORIZON,
    seed: setup.seed,
    evaluator: { evaluate: (job) => rollouts.evaluate({ ...job, from: 0, to: job.count }) },
    createPlanner: ({ imagination }) =>
      lookUp(planner).create(
        { horizon: HORIZON, limit: instance.actionLimit, period, seed: setup.seed, imagination },
        own as SettingsOf<SettingsSchema>,
      ),
  });
  search.setModel(model);
  const { actions } = search.plan({ ...(planOf(3) as Extract<ToPlanner, { kind: 'plan' }>), wantsFan: false });
  const planned = one.slot.take()!.actions;
  planned.forEach((action, t) => expect(action).toBeCloseTo(actions![t]!, 3)); // kernels compute in 32 bits
});
const lookUp = (planner: string) => (planners as Record<string, (typeof planners)[keyof typeof planners]>)[planner]!;

test('threads are warmed up once for a planner, not for each model and episode', () => {
  const one = leader();
  const looksFor = (setup: Setup) => {
    const before = one.looks();
    one.begin(setup);
    return one.looks() - before;
  };
  const first = looksFor(setupOf('cem'));
  expect(first).toBeGreaterThan(100);
  expect(looksFor(setupOf('cem'))).toBe(0);
  expect(looksFor(setupOf('icem'))).toBeGreaterThan(10);
  expect(looksFor(setupOf('icem'))).toBe(0);
});

test('how long populations take is forgotten with the setup that they were of, and only with it', () => {
  const one = leader();
  const planned = (id: number, budgetMs: number) => {
    one.tell({ ...(planOf(id) as Extract<ToPlanner, { kind: 'plan' }>), until: one.time() + budgetMs });
    return (one.answers.at(-1) as Extract<FromPlanner, { kind: 'planned' }>).evaluations;
  };
  one.begin(setupOf('cem'));
  one.look(10);
  const all = planned(1, Infinity);
  one.look(1);
  one.begin(setupOf('cem')); // another episode
  expect(planned(2, 9)).toBeLessThan(all); // the next population took 10 ms last time
  expect(planned(3, 60)).toBe(all);
  expect(planned(4, -5)).toBeLessThan(all); // the question waited until it was late
  const slower = withValues(setupOf('cem'), { 'planner.horizon': HORIZON * 0.05, 'planner.eliteShare': 0.2 });
  one.begin(slower);
  expect(planned(5, 9)).toBe(all);
});

test('a kernel is measured once for a shape of networks, told, and taken unmeasured where it is known', () => {
  const one = leader();
  one.begin(setupOf('cem'));
  one.begin(setupOf('cem'));
  const told = one.answers.flatMap((answer) => (answer.kind === 'tuned' ? [answer.tuned] : []));
  const arithmetic = loadKernels().fuses ? 'fused' : 'portable';
  expect(told).toMatchObject([{ shape: '5 16 16 4', choice: { arithmetic } }]);

  const other = ([4, 5, 6] as const).find((block) => block !== told[0]!.choice.block)!;
  const knowing = leader();
  const known = { shape: told[0]!.shape, choice: { arithmetic, block: other } } as const;
  knowing.tell({ kind: 'prepare', setup: setupOf('cem'), threads: 1, tuned: [known] });
  knowing.begin(setupOf('cem'));
  knowing.tell(planOf(1));
  expect(knowing.answers).toMatchObject([{ kind: 'planned', engine: expect.stringContaining(`${other} outputs`) as string }]);
});

test('what an engine with another arithmetic measured is measured again', () => {
  const arithmetic = loadKernels().fuses ? 'portable' : 'fused';
  const one = leader();
  const foreign = { shape: '5 16 16 4', choice: { arithmetic, block: 4 } } as const;
  one.tell({ kind: 'prepare', setup: setupOf('cem'), threads: 1, tuned: [foreign] });
  one.begin(setupOf('cem'));
  expect(one.answers.map(({ kind }) => kind)).toEqual(['tuned']);
});

test('a clock that stands still does not keep the first plan waiting for ever', () => {
  const answers: FromPlanner[] = [];
  const thread = new PlannerThread({
    post: (message) => void answers.push(message),
    spawnEvaluator: () => {
      throw new Error('one thread');
    },
    now: () => 0,
  });
  const { model, plantSettings, cost } = networkMessage();
  thread.receive({ kind: 'configure', setup: setupOf('cem'), threads: 1, horizon: HORIZON, searches: 1, slot: new PlanSlot().memory });
  thread.receive({ kind: 'model', model, plantSettings, cost });
  thread.receive(planOf(1));
  expect(answers).toMatchObject([{ kind: 'planned', found: true }]);
});
