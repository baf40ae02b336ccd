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
import { eventKinds, topicOfEvent, type EventTopic } from '../../src/shared/episodes/eventRecord';
import { fanText } from '../../src/shared/episodes/fanRecord';
import type { PlanFrame } from '../../src/shared/episodes/planFrame';
import { readTiming, timingEdges, timingText, type RecordedTiming } from '../../src/shared/episodes/timingRecord';
import { topics, type TopicId } from '../../src/shared/episodes/topics';

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
const fan: PlanFrame = {
  id: 1,
  step: 2,
  time: 0.1,
  rollouts: 1,
  horizon: 1,
  period: 0.05,
  cost: 3,
  planMs: 7,
  size: 2,
  actions: Float32Array.of(1),
  states: Float32Array.of(1, 2, 3, 4),
  band: new Float32Array(0),
  bandLevels: 0,
  costs: Float32Array.of(3),
  tips: Float32Array.of(0, 1, 0, -1),
};
const bins = [...timingEdges, Infinity].map((_, i) => i);
const timing: RecordedTiming = { step: 200, periods: 200, lateness: bins, planning: bins, latePlans: 3, dropped: 0 };

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
test('what happened stands on the topic of its kind, and on no other', () => {
  for (const topic of Object.keys(eventKinds) as EventTopic[])
    for (const kind of eventKinds[topic]) {
      const event = { step: 4, kind, text: kind === 'setting' ? '{"setup":{"a":[1,{}]},"replacesController":false}' : 'So "it" was.' };
      expect(topicOfEvent(event)).toBe(topic);
      expect(readEvent(eventText(event), topic)).toEqual(event);
      if (topic !== 'event') expect(() => readEvent(eventText(event), 'event')).toThrow(RecordRefused);
    }
  fc.assert(
    fc.property(number, number, number, (force, torque, seconds) => {
      const push = { step: 1, kind: 'push', text: 'Pushed.', push: { force, torque, seconds } } as const;
      expect(readEvent(eventText(push))).toEqual(push);
    }),
  );
});
test.each<[string, EventTopic, string]>([
  ['{"step":3,"kind":"sabotage","text":""}', 'event', 'an event of step 3 is of the kind "sabotage", which is none of its topic'],
  ['{"step":3,"kind":"end","text":{"toString":1}}', 'event', '"text" is no text'],
  ['{"step":3,"kind":"push","text":"","push":{"force":1}}', 'event', 'the push of step 3: "torque" is missing'],
  ['{"step":3,"kind":"push","text":"","push":null}', 'event', 'the push of step 3 is no group of numbers'],
  ['{"step":3,"setup":"all"}', 'setting', 'the setting of step 3 has no setup'],
  [`{"step":3,"setup":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, 'setting', 'the setting of step 3 is nested too deeply'],
  ['null', 'fault', 'a fault is no group of fields'],
])('an event that is none is refused with its place: %.60s', (text, topic, words) => {
  expect(() => readEvent(text, topic)).toThrow(RecordRefused);
  expect(() => readEvent(text, topic)).toThrow(words);
});
test('a timing comes back, and one with other bins is refused', () => {
  expect(readTiming(timingText(timing))).toEqual(timing);
  expect(() => readTiming(timingText({ ...timing, planning: [1] }))).toThrow('the timing of step 200: "planning" has 1 counts');
  expect(topics.timing.jsonSchema.properties.lateness.description).toContain(timingEdges.join(', '));
});
test('every text is JSON that other tools read, with a schema for its topic', () => {
  const [one] = fc.sample(period, { numRuns: 1, seed: 2 });
  const fields = Object.keys(JSON.parse(periodText(one!, names)) as object);
  for (const field of fields) expect(Object.keys(topics.telemetry.jsonSchema.properties)).toContain(field);
  const samples: Partial<Record<TopicId, string>> = {
    plan: planText({ id: 1, step: 1, actsFrom: 2, actions: [0.5], cost: 3 }),
    fan: fanText(fan),
    event: eventText({ step: 1, kind: 'push', text: 'Pushed.', push: { force: 1, torque: 0, seconds: 0.1 } }),
    setting: eventText({ step: 1, kind: 'setting', text: '{"setup":{"name":"x"},"replacesController":true}' }),
    fault: eventText({ step: 1, kind: 'limit', text: 'Too far.' }),
    timing: timingText(timing),
  };
  for (const [id, text] of Object.entries(samples))
    expect([id, Object.keys(JSON.parse(text) as object).sort()]).toEqual([
      id,
      Object.keys(topics[id as TopicId].jsonSchema.properties).sort(),
    ]);
});

describe('a header', () => {
  test('comes back whole', () => expect(readHeader(headerTexts(header))).toEqual(header));
  test.each([
    [{ format: 'something else' }, 'was not written by Upright'],
    [{ version: '3' }, 'A newer Upright opens it'],
    [{ version: '1.5' }, 'this program reads 1 to 2'],
    [{ version: 'x' }, 'this program reads 1 to 2'],
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
  expect(episode.fanCount).toBe(0);
  expect(() => read([0, 2])).toThrow(RecordRefused);
  expect(() => read([0, 2])).toThrow('The period of step 1 is missing');
});

test('fans are read when they are wanted, one for a plan, with the most paths that it has', () => {
  const two = { ...fan, id: 2, rollouts: 2, costs: Float32Array.of(4, 3), tips: Float32Array.of(0, 1, 0, -1, 0, 1, 0, -1) };
  const read = (wantsFans: boolean) => {
    const reader = new EpisodeReader(headerTexts(header), wantsFans);
    for (const one of [fan, { ...two, rollouts: 1, costs: two.costs.slice(1), tips: two.tips.slice(4) }, two, { ...fan, id: 3 }])
      reader.take('/fan', fanText(one));
    return reader.finish();
  };
  expect(read(true).fans.map(({ id, rollouts }) => [id, rollouts])).toEqual([
    [1, 1],
    [2, 2],
    [3, 1],
  ]);
  expect(read(false)).toMatchObject({ fanCount: 4, fans: [] });
});
