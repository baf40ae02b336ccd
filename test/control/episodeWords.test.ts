import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RingReader, RingSink } from '../../src/main/control/episodeWords';
import { RecorderRing } from '../../src/main/control/recorderRing';
import type { EpisodeHeader, EpisodeSink, RecordedEvent, RecordedPeriod, RecordedPlan } from '../../src/shared/episodes/record';

type Call = readonly [kind: keyof EpisodeSink, what?: unknown];
class Listener implements EpisodeSink {
  readonly calls: Call[] = [];
  begin = (header: EpisodeHeader) => void this.calls.push(['begin', header]);
  period = (period: RecordedPeriod) => void this.calls.push(['period', period]);
  plan = (plan: RecordedPlan) => void this.calls.push(['plan', plan]);
  event = (event: RecordedEvent) => void this.calls.push(['event', event]);
  end = () => void this.calls.push(['end']);
}

const header: EpisodeHeader = {
  software: 'test',
  startedAt: '2026-11-27T00:00:00.000Z',
  rig: 'simulated',
  episode: 2,
  period: 0.05,
  plant: 'pendulum',
  channels: [{ id: 'angle', label: 'Angle é 角', unit: 'rad', wraps: true, limits: [null, 3] }],
  action: { id: 'torque', label: 'Torque', unit: 'N m', limit: 2 },
  costs: ['angle'],
  setup: { name: 'x' },
  plan: { seconds: 8, randomSeconds: 0.5, replan: 'once' },
};
const number = fc.double();
const some = (most: number) => fc.array(number, { maxLength: most });
const period = fc.record(
  {
    step: fc.nat(),
    time: number,
    rigTime: number,
    hostTime: number,
    positions: some(4),
    rates: fc.array(number, { minLength: 1, maxLength: 2 }),
    applied: number,
    state: some(4),
    truth: fc.array(number, { minLength: 1, maxLength: 4 }),
    costs: some(3),
    explore: fc.boolean(),
    hasModel: fc.boolean(),
    decided: fc.record({
      chosen: number,
      sent: number,
      basis: fc.constantFrom('plan', 'olderPlan', 'random', 'damp', 'zero'),
      verdict: fc.constantFrom('passed', 'limited', 'slewed', 'notFinite', 'notAllowed', 'stopped'),
      planAge: fc.integer({ min: -1, max: 9 }),
      allowed: fc.boolean(),
      planMs: fc.option(fc.double({ noNaN: true })),
      latenessMs: fc.option(fc.double({ noNaN: true })),
    }),
  },
  { requiredKeys: ['step', 'time', 'rigTime', 'hostTime', 'positions', 'applied', 'state', 'costs', 'explore', 'hasModel'] },
);
const calls = fc.array(
  fc.oneof(
    fc.constant<Call>(['begin', header]),
    period.map((one): Call => ['period', one]),
    fc.record({ id: fc.nat(), step: fc.nat(), actsFrom: fc.nat(), cost: number, actions: some(200) }).map((plan): Call => ['plan', plan]),
    fc
      .record({ step: fc.nat(), kind: fc.constantFrom('setting' as const, 'end' as const), text: fc.string({ unit: 'binary' }) })
      .map((event): Call => ['event', event]),
    fc.constant<Call>(['end']),
  ),
  { maxLength: 30 },
);

test('an episode goes through the ring to the last bit and in order', () => {
  fc.assert(
    fc.property(calls, (all) => {
      const ring = new RecorderRing(RecorderRing.memory(2 ** 16));
      const sink = new RingSink(ring);
      const heard = new Listener();
      const reader = new RingReader(ring, heard);
      for (const [kind, what] of all) (sink[kind] as (what: unknown) => void)(what);
      expect(reader.drain()).toBe(all.length);
      expect(heard.calls).toEqual(all.map((call) => [...call]));
      expect(ring.dropped).toBe(0);
    }),
  );
});
test('a recorder that does not read loses what is newest, counts it, and finds whole records when it reads again', () => {
  const ring = new RecorderRing(RecorderRing.memory(1024));
  const sink = new RingSink(ring);
  const heard = new Listener();
  const plan = (id: number) => ({ id, step: id, actsFrom: id, cost: 1, actions: new Array<number>(95).fill(id) });
  for (let id = 0; id < 20; id++) sink.plan(plan(id)); // of 102 words each
  expect(ring.dropped).toBe(10);
  const reader = new RingReader(ring, heard);
  expect(reader.drain()).toBe(10);
  sink.plan(plan(20));
  expect(reader.drain()).toBe(1);
  expect(heard.calls.map(([, what]) => (what as RecordedPlan).id)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20]);
});
