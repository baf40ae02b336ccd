import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  eventText,
  headerTexts,
  namesOf,
  periodText,
  planText,
  readEvent,
  readHeader,
  readPeriod,
  readPlan,
  RecordRefused,
  type EpisodeHeader,
  type RecordedPeriod,
} from '../../src/shared/episodes/record';
import { EpisodeReader } from '../../src/shared/episodes/readEpisode';
import { topics } from '../../src/shared/episodes/topics';

const header: EpisodeHeader = {
  software: '0.1.0',
  startedAt: '2026-11-27T10:00:00.000Z',
  rig: 'simulated',
  episode: 3,
  period: 0.05,
  plant: 'pendulum',
  channels: [
    { id: 'angle', label: 'Angle', unit: 'rad', wraps: true, limits: [null, null] },
    { id: 'rate', label: 'Rate', unit: 'rad/s', wraps: false, limits: [-30, 30] },
  ],
  action: { id: 'torque', label: 'Torque', unit: 'N m', limit: 2 },
  costs: ['angle', 'rate'],
  setup: { name: 'pendulum', values: { 'loop.period': 0.05 } },
  plan: { seconds: 8, randomSeconds: 0.5, replan: 'everyPeriod' },
};
const names = namesOf(header);

const number = fc.double(); // with NaN, both infinities and the zero below zero
const pair = fc.tuple(number, number);
const decided = fc.record({
  chosen: number,
  sent: number,
  basis: fc.constantFrom('plan', 'random', 'zero'),
  verdict: fc.constantFrom('passed', 'limited'),
  planAge: fc.integer({ min: -1, max: 9 }),
  allowed: fc.boolean(),
  planMs: fc.option(number),
  latenessMs: fc.option(number),
});
const period: fc.Arbitrary<RecordedPeriod> = fc
  .record(
    {
      step: fc.nat(),
      time: number,
      rigTime: number,
      hostTime: number,
      positions: fc.array(number, { maxLength: 4 }),
      rates: fc.array(number, { maxLength: 2 }),
      applied: number,
      state: pair,
      truth: pair,
      costs: pair,
      explore: fc.boolean(),
      hasModel: fc.boolean(),
      decided,
    },
    { requiredKeys: ['step', 'time', 'rigTime', 'hostTime', 'positions', 'applied', 'state', 'costs', 'explore', 'hasModel'] },
  )
  .map((value) => value as RecordedPeriod);

test('a period comes back to the last bit, whatever its numbers are', () => {
  fc.assert(
    fc.property(period, (one) => {
      expect(readPeriod(periodText(one, names), names)).toEqual(one);
    }),
  );
});
test('a row says that one of its numbers is none, and only then', () => {
  const [one] = fc.sample(period, { numRuns: 1, seed: 1 });
  const clean = { ...one!, positions: [1], rates: [2], applied: 0, state: [1, 2], truth: [1, 2], costs: [0, -0] };
  expect(periodText(clean, names)).not.toContain('notFinite');
  expect(JSON.parse(periodText({ ...clean, state: [1, NaN] }, names))).toMatchObject({ notFinite: true, state: { angle: 1, rate: 'NaN' } });
});
test('plans and events come back to the last bit', () => {
  fc.assert(
    fc.property(fc.array(number), number, (actions, cost) => {
      const plan = { id: 7, step: 3, actsFrom: 4, actions, cost };
      expect(readPlan(planText(plan))).toEqual(plan);
    }),
  );
  expect(readEvent(eventText({ step: 4, kind: 'end', text: 'It fell "over".\n' }))).toEqual({
    step: 4,
    kind: 'end',
    text: 'It fell "over".\n',
  });
});
test('every text is JSON that other tools read, with a schema for its topic', () => {
  const [one] = fc.sample(period, { numRuns: 1, seed: 2 });
  const fields = Object.keys(JSON.parse(periodText(one!, names)) as object);
  for (const field of fields) expect(Object.keys(topics.telemetry.jsonSchema.properties)).toContain(field);
  expect(Object.keys(topics.plan.jsonSchema.properties)).toEqual(['id', 'step', 'actsFrom', 'actions', 'cost']);
});

describe('a header', () => {
  test('comes back whole', () => expect(readHeader(headerTexts(header))).toEqual(header));
  test.each([
    [{ format: 'something else' }, 'was not written by Upright'],
    [{ version: '2' }, 'A newer Upright opens it'],
    [{ version: 'x' }, 'this program reads 1 to 1'],
    [{ period: '0' }, 'no number of seconds'],
    [{ period: '{' }, 'metadata "period" is no JSON'],
    [{ channels: '3' }, 'is no list'],
  ])('that cannot be read is refused in words: %j', (wrong, words) => {
    expect(() => readHeader({ ...headerTexts(header), ...wrong })).toThrow(words);
  });
});

describe('what stands in a period', () => {
  const [good] = fc.sample(period, { numRuns: 1, seed: 3 });
  const fields = JSON.parse(periodText({ ...good!, step: 12 }, names)) as Record<string, unknown>;
  test.each([
    ['applied', 'soon', 'the period of step 12: "applied" is no number'],
    ['applied', undefined, 'the period of step 12: "applied" is missing'],
    ['positions', 3, '"positions" is no list of numbers'],
    ['state', null, '"state" is no group of numbers'],
    ['state', { angle: 1 }, '"rate" is missing'],
    ['costs', { angle: 1, rate: '1e3' }, '"rate" is no number'],
  ])('and is wrong is refused with its place: %s = %j', (name, value, words) => {
    expect(() => readPeriod(JSON.stringify({ ...fields, [name]: value }), names)).toThrow(words);
  });
});

test('an episode is put together in order, and a gap in it is refused', () => {
  const at = (step: number) => periodText({ ...fc.sample(period, { numRuns: 1, seed: 4 })[0]!, step }, names);
  const plan = planText({ id: 1, step: 1, actsFrom: 2, actions: [0.5], cost: 3 });
  const read = (steps: readonly number[]) => {
    const reader = new EpisodeReader(headerTexts(header));
    steps.forEach((step) => {
      if (step === 1) reader.take('/plan', plan);
      reader.take('/telemetry', at(step));
      reader.take('/of another', 'no JSON');
    });
    return reader.finish();
  };
  const episode = read([0, 1, 2]);
  expect(episode.periods.map(({ step }) => step)).toEqual([0, 1, 2]);
  expect(episode.plans).toMatchObject([{ id: 1, before: 1 }]);
  expect(() => read([0, 2])).toThrow(RecordRefused);
  expect(() => read([0, 2])).toThrow('The period of step 1 is missing');
});
