import { bases, type Basis } from '../../shared/controllers/controller';
import type { DecidedAction, EpisodeHeader, EpisodeSink, RecordedEvent, RecordedPeriod, RecordedPlan } from '../../shared/episodes/record';
import { verdicts, type GateVerdict } from './gate';
import type { RecorderRing } from './recorderRing';

/** What a record in the ring is: its first word. */
const BEGIN = 0;
const PERIOD = 1;
const PLAN = 2;
const EVENT = 3;
const END = 4;

const kinds: readonly RecordedEvent['kind'][] = ['setting', 'end'];

/** The loop's end of the ring: an episode as words. Nothing waits; what finds no room is dropped, and the ring counts it. */
export class RingSink implements EpisodeSink {
  private words = new Float64Array(4096);
  private count = 0;

  constructor(private readonly ring: RecorderRing) {}

  begin(header: EpisodeHeader): void {
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
    this.finish();
  }
  plan({ id, step, actsFrom, actions, cost }: RecordedPlan): void {
    this.start(PLAN);
    for (const number of [id, step, actsFrom, cost]) this.number(number);
    this.numbers(actions);
    this.finish();
  }
  event({ step, kind, text }: RecordedEvent): void {
    this.start(EVENT);
    this.number(step);
    this.number(kinds.indexOf(kind));
    this.text(text);
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
  private start(kind: number): void {
    this.count = 0;
    this.number(kind);
  }
  private number(value: number): void {
    if (this.count === this.words.length) {
      const more = new Float64Array(2 * this.count);
      more.set(this.words);
      this.words = more;
    }
    this.words[this.count++] = value;
  }
  private numbers(values: readonly number[]): void {
    this.number(values.length);
    for (const value of values) this.number(value);
  }
  private text(text: string): void {
    this.number(text.length);
    for (let i = 0; i < text.length; i++) this.number(text.charCodeAt(i));
  }
  private finish(): void {
    this.ring.write(this.words, this.count);
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
        return sink.event({ step, kind: kinds[kind]!, text: words.text() });
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
  text(): string {
    return this.list()
      .map((code) => String.fromCharCode(code))
      .join('');
  }
}
