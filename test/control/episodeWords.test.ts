import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RingReader, RingSink } from '../../src/main/control/episodeWords';
import { RecorderRing } from '../../src/main/control/recorderRing';
import { eventKinds, type RecordedEvent } from '../../src/shared/episodes/eventRecord';
import type { EpisodeHeader, EpisodeSink, FanFrame, RecordedPeriod, RecordedPlan } from '../../src/shared/episodes/record';
import type { RecordedTiming } from '../../src/shared/episodes/timingRecord';

type Call = readonly [kind: Exclude<keyof EpisodeSink, 'dropped'>, what?: unknown];
class Listener implements EpisodeSink {
  readonly calls: Call[] = [];
  begin = (header: EpisodeHeader) => void this.calls.push(['begin', header]);
  period = (period: RecordedPeriod) => void this.calls.push(['period', period]);
  plan = (plan: RecordedPlan) => void this.calls.push(['plan', plan]);
  fan = (fan: FanFrame) => void this.calls.push(['fan', fan]);
  timing = (timing: RecordedTiming) => void this.calls.push(['timing', timing]);
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
      .record({ bytes: fc.uint8Array({ maxLength: 2000 }), searched: fc.nat() })
      .map((fan): Call => ['fan', { ...fan, bytes: Uint8Array.from(fan.bytes) }]),
    fc
      .record(
        {
          step: fc.nat(),
          kind: fc.constantFrom(...eventKinds.setting, ...eventKinds.event, ...eventKinds.fault),
          text: fc.string({ unit: 'binary' }),
          push: fc.record({ force: number, torque: number, seconds: number }),
        },
        { requiredKeys: ['step', 'kind', 'text'] },
      )
      .map((event): Call => ['event', event]),
    fc
      .record({ step: fc.nat(), periods: fc.nat(), lateness: some(9), planning: some(9), latePlans: fc.nat(), dropped: fc.nat() })
      .map((timing): Call => ['timing', timing]),
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
test('the bytes of a fan arrive whatever number they would be', () => {
  const ring = new RecorderRing(RecorderRing.memory(1024));
  const sink = new RingSink(ring);
  const heard = new Listener();
  const reader = new RingReader(ring, heard);
  // signalling ones among them, which are no number that a program may look at and put down again
  const bytes = new Uint8Array(Float64Array.from({ length: 250 }, () => NaN).buffer);
  for (let i = 0; i < bytes.length; i += 8) bytes.set([i & 255, i >> 8, 1, 0, 0, 0, i % 3 === 0 ? 0xf0 : 0xf4, i & 8 ? 0x7f : 0xff], i);
  for (let times = 0; times < 20; times++) {
    sink.fan({ bytes: bytes.slice(), searched: 400 });
    expect(reader.drain()).toBe(1); // around the end of the ring too
    expect(heard.calls.pop()).toEqual(['fan', { bytes, searched: 400 }]);
  }
});
test('fans leave half of the ring to what an episode cannot do without', () => {
  const ring = new RecorderRing(RecorderRing.memory(1024));
  const sink = new RingSink(ring);
  for (let i = 0; i < 10; i++) sink.fan({ bytes: new Uint8Array(800), searched: 40 }); // of 104 words each
  expect(ring.dropped).toBe(6);
  for (let i = 0; i < 5; i++) sink.event({ step: i, kind: 'stop', text: 'x'.repeat(95) });
  expect(ring.dropped).toBe(6);
});
test('an episode says how many of its records were lost, as soon as there is room, and once', () => {
  const ring = new RecorderRing(RecorderRing.memory(1024));
  const sink = new RingSink(ring);
  const heard = new Listener();
  const [one] = fc.sample(period, { numRuns: 1, seed: 1 });
  const plan = { id: 1, step: 1, actsFrom: 1, cost: 1, actions: new Array<number>(95).fill(1) };
  sink.begin({ ...header, setup: {}, channels: [] });
  for (let i = 0; i < 12; i++) sink.plan(plan);
  const { dropped } = sink;
  expect(dropped).toBeGreaterThan(2);
  const reader = new RingReader(ring, heard);
  reader.drain();
  sink.period({ ...one!, step: 7 } as RecordedPeriod);
  sink.period({ ...one!, step: 8 } as RecordedPeriod);
  expect(reader.drain()).toBe(3);
  expect(heard.calls.map(([kind]) => kind).slice(-3)).toEqual(['period', 'event', 'period']);
  expect(heard.calls.at(-2)![1]).toMatchObject({
    step: 7,
    kind: 'recordsDropped',
    text: expect.stringContaining(`${dropped} records`) as string,
  });
  sink.begin(header);
  expect(sink.dropped).toBe(0);
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
