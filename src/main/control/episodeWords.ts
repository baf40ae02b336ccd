import { bases, type Basis } from '../../shared/controllers/controller';
import { eventKinds, type RecordedEvent } from '../../shared/episodes/eventRecord';
import type { DecidedAction, EpisodeHeader, EpisodeSink, FanFrame, RecordedPeriod, RecordedPlan } from '../../shared/episodes/record';
import type { RecordedTiming } from '../../shared/episodes/timingRecord';
import { verdicts, type GateVerdict } from './gate';
import type { RecorderRing } from './recorderRing';

/** What a record in the ring is: its first word. */
const BEGIN = 0;
const PERIOD = 1;
const PLAN = 2;
const EVENT = 3;
const END = 4;
const FAN = 5;
const TIMING = 6;

const kinds = [...eventKinds.setting, ...eventKinds.event, ...eventKinds.fault];
/** The part of the ring that fans leave free: they are large, and an episode without a period is none. */
const LEFT_BY_FANS = 0.5;

/** The loop's end of the ring: an episode as words. Nothing waits; what finds no room is dropped, and the ring counts it. */
export class RingSink implements EpisodeSink {
  private words = new Float64Array(4096);
  private bytes = new Uint8Array(this.words.buffer);
  private count = 0;
  /** Of the ring, at the beginning of the episode; and of those since, how many the recording knows of. */
  private droppedBefore = 0;
  private told = 0;

  constructor(private readonly ring: RecorderRing) {}

  get dropped(): number {
    return this.ring.dropped - this.droppedBefore;
  }
  begin(header: EpisodeHeader): void {
    this.droppedBefore = this.ring.dropped;
    this.told = 0;
    this.start(BEGIN);
    this.text(JSON.stringify(header));
    this.finish();
  }
  period({
    step,
    time,
    rigTime,
    hostTime,
    applied,
    positions,
    rates,
    state,
    truth,
    costs,
    explore,
    hasModel,
    decided,
  }: RecordedPeriod): void {
    this.start(PERIOD);
    for (const number of [step, time, rigTime, hostTime, applied]) this.number(number);
    this.numbers(positions);
    this.numbers(rates ?? []);
    this.numbers(state);
    this.numbers(truth ?? []);
    this.numbers(costs);
    this.number(explore ? 1 : 0);
    this.number(hasModel ? 1 : 0);
    if (decided !== undefined) this.decided(decided);
    if (this.finish()) this.tellDrops(step);
  }
  plan({ id, step, actsFrom, actions, cost }: RecordedPlan): void {
    this.start(PLAN);
    for (const number of [id, step, actsFrom, cost]) this.number(number);
    this.numbers(actions);
    this.finish();
  }
  fan({ bytes, searched }: FanFrame): void {
    this.start(FAN);
    this.number(searched);
    this.number(bytes.length);
    this.packed(bytes);
    this.finish(LEFT_BY_FANS * this.ring.capacity);
  }
  event(event: RecordedEvent): void {
    this.put(event);
  }
  timing({ step, periods, lateness, planning, latePlans, dropped }: RecordedTiming): void {
    this.start(TIMING);
    for (const number of [step, periods, latePlans, dropped]) this.number(number);
    this.numbers(lateness);
    this.numbers(planning);
    this.finish();
  }
  end(): void {
    this.start(END);
    this.finish();
  }

  private decided({ chosen, sent, basis, verdict, planAge, allowed, planMs, latenessMs }: DecidedAction): void {
    this.number(chosen);
    this.number(sent);
    this.number(bases.indexOf(basis as Basis));
    this.number(verdicts.indexOf(verdict as GateVerdict));
    this.number(planAge);
    this.number(allowed ? 1 : 0);
    this.number(planMs ?? NaN);
    this.number(latenessMs ?? NaN);
  }
  private put({ step, kind, text, push }: RecordedEvent): boolean {
    this.start(EVENT);
    this.number(step);
    this.number(kinds.indexOf(kind));
    this.text(text);
    if (push !== undefined) for (const number of [push.force, push.torque, push.seconds]) this.number(number);
    return this.finish();
  }
  /** Once there is room again. */
  private tellDrops(step: number): void {
    const { dropped } = this;
    if (dropped === this.told) return;
    const text = `The recorder was behind: ${dropped - this.told} records found no room and are lost.`;
    if (this.put({ step, kind: 'recordsDropped', text })) this.told = dropped;
  }
  private start(kind: number): void {
    this.count = 0;
    this.number(kind);
  }
  private number(value: number): void {
    if (this.count === this.words.length) this.grow(1);
    this.words[this.count++] = value;
  }
  private grow(by: number): void {
    const more = new Float64Array(2 ** Math.ceil(Math.log2(this.count + by)));
    more.set(this.words);
    this.words = more;
    this.bytes = new Uint8Array(more.buffer);
  }
  /** Bytes, eight to a word. */
  private packed(bytes: Uint8Array): void {
    const words = Math.ceil(bytes.length / 8);
    if (this.count + words > this.words.length) this.grow(words);
    this.bytes.set(bytes, this.count * 8);
    this.count += words;
  }
  private numbers(values: readonly number[]): void {
    this.number(values.length);
    for (const value of values) this.number(value);
  }
  private text(text: string): void {
    this.number(text.length);
    for (let i = 0; i < text.length; i++) this.number(text.charCodeAt(i));
  }
  private finish(leaving = 0): boolean {
    return this.ring.write(this.words, this.count, leaving);
  }
}

/** The recorder's end of the ring: hands on what came since, in order. */
export class RingReader {
  constructor(
    private readonly ring: RecorderRing,
    private readonly sink: EpisodeSink,
  ) {}

  /** @returns records handed on */
  drain(): number {
    let drained = 0;
    for (let record = this.ring.read(); record !== undefined; record = this.ring.read(), drained++) this.hand(new Words(record));
    return drained;
  }
  private hand(words: Words): void {
    const { sink } = this;
    switch (words.next()) {
      case BEGIN:
        return sink.begin(JSON.parse(words.text()) as EpisodeHeader);
      case PERIOD:
        return sink.period(periodOf(words));
      case PLAN: {
        const [id, step, actsFrom, cost] = words.several(4) as [number, number, number, number];
        return sink.plan({ id, step, actsFrom, cost, actions: words.list() });
      }
      case EVENT: {
        const [step, kind] = words.several(2) as [number, number];
        const event = { step, kind: kinds[kind]!, text: words.text() };
        if (words.isAtEnd) return sink.event(event);
        const [force, torque, seconds] = words.several(3) as [number, number, number];
        return sink.event({ ...event, push: { force, torque, seconds } });
      }
      case FAN: {
        const [searched, length] = words.several(2) as [number, number];
        return sink.fan({ bytes: words.bytes(length), searched });
      }
      case TIMING: {
        const [step, periods, latePlans, dropped] = words.several(4) as [number, number, number, number];
        return sink.timing({ step, periods, latePlans, dropped, lateness: words.list(), planning: words.list() });
      }
      case END:
        return sink.end();
    }
  }
}
function periodOf(words: Words): RecordedPeriod {
  const [step, time, rigTime, hostTime, applied] = words.several(5) as [number, number, number, number, number];
  const [positions, rates, state, truth, costs] = [words.list(), words.list(), words.list(), words.list(), words.list()];
  const [explore, hasModel] = [words.next() === 1, words.next() === 1];
  return {
    step,
    time,
    rigTime,
    hostTime,
    positions,
    ...(rates.length > 0 && { rates }),
    applied,
    state,
    ...(truth.length > 0 && { truth }),
    costs,
    explore,
    hasModel,
    ...(words.isAtEnd ? {} : { decided: decidedOf(words) }),
  };
}
function decidedOf(words: Words): DecidedAction {
  const orNull = (value: number) => (Number.isNaN(value) ? null : value);
  return {
    chosen: words.next(),
    sent: words.next(),
    basis: bases[words.next()]!,
    verdict: verdicts[words.next()]!,
    planAge: words.next(),
    allowed: words.next() === 1,
    planMs: orNull(words.next()),
    latenessMs: orNull(words.next()),
  };
}
/** Reads a record from its beginning to its end. */
class Words {
  private at = 0;
  constructor(private readonly words: Float64Array) {}
  get isAtEnd(): boolean {
    return this.at === this.words.length;
  }
  next(): number {
    return this.words[this.at++]!;
  }
  several(count: number): number[] {
    return Array.from({ length: count }, () => this.next());
  }
  list(): number[] {
    return this.several(this.next());
  }
  bytes(length: number): Uint8Array {
    const { words, at } = this;
    this.at += Math.ceil(length / 8);
    return new Uint8Array(words.buffer, words.byteOffset + 8 * at, length);
  }
  text(): string {
    return this.list()
      .map((code) => String.fromCharCode(code))
      .join('');
  }
}
