import type { RecordedRows, Telemetry } from '../../../shared/contract/contract';
import { bases, type Basis } from '../../../shared/controllers/controller';
import { readEvent, topicOfEvent, type EventTopic, type RecordedEvent } from '../../../shared/episodes/eventRecord';
import { readFan } from '../../../shared/episodes/fanRecord';
import type { RecordedMoment } from '../../../shared/episodes/library';
import { upToDate } from '../../../shared/episodes/migrations';
import { encodePlanFrame, type PlanFrame } from '../../../shared/episodes/planFrame';
import {
  namesOf,
  readPeriod,
  RecordRefused,
  versionOf,
  type EpisodeHeader,
  type PeriodNames,
  type RecordedPeriod,
} from '../../../shared/episodes/record';
import { HEADER_METADATA, topics } from '../../../shared/episodes/topics';
import { IndexedMcap, type IndexedMessage } from '../mcap/indexedMcap';
import { inWords, recordedHeader } from './recordedHeader';

type Chunk = IndexedMcap['chunks'][number];
/** Events that a time axis has room for. */
const MOST_MOMENTS = 500;
/** Of these there may be one every second. */
const MOST_MODELS = 250;
/** A plan is written down at another time than that at which it acts, s. */
const PLAN_SLACK = 1;
const telemetry: ReadonlySet<string> = new Set([topics.telemetry.topic]);
const fans: ReadonlySet<string> = new Set([topics.fan.topic]);
const happenings: ReadonlySet<string> = new Set([topics.setting.topic, topics.event.topic, topics.fault.topic]);

/**
 * A whole recording of ours, any part of it at once: it reads the index and then no more than the chunks that are asked for, so
 * an hour at 200 Hz opens as fast as eight seconds. Times are seconds of the episode.
 */
export class RecordingFile {
  readonly header: EpisodeHeader;
  /** Measurements. */
  readonly rows: number;
  /** Plans that can be drawn. */
  readonly plans: number;
  private readonly version: number;
  private readonly names: PeriodNames;
  /** Those with periods, with fans and with events. */
  private readonly chunks: Timeline;
  private readonly fanChunks: Timeline;
  private readonly eventChunks: readonly Chunk[];

  private constructor(
    readonly path: string,
    private readonly mcap: IndexedMcap,
  ) {
    const texts = mcap.metadata.find(({ name }) => name === HEADER_METADATA)?.values ?? {};
    this.header = recordedHeader(texts);
    this.version = versionOf(texts);
    this.names = namesOf(this.header);
    const startsAt = BigInt(Date.parse(this.header.startedAt)) * 1_000_000n;
    this.rows = mcap.counts.get(topics.telemetry.topic) ?? 0;
    this.plans = mcap.counts.get(topics.fan.topic) ?? 0;
    const holding = (wanted: ReadonlySet<string>) => mcap.chunks.filter((chunk) => [...wanted].some((topic) => chunk.topics.has(topic)));
    this.chunks = new Timeline(holding(telemetry), startsAt);
    this.fanChunks = new Timeline(holding(fans), startsAt);
    this.eventChunks = holding(happenings);
  }

  /** @throws FileRefused when it is not whole, or no episode of ours */
  static open(path: string): RecordingFile {
    const mcap = IndexedMcap.open(path);
    try {
      return new RecordingFile(path, mcap);
    } catch (error) {
      mcap.close();
      throw inWords(path, error);
    }
  }
  close(): void {
    this.mcap.close();
  }
  /** Of the last period. */
  get seconds(): number {
    return this.chunks.end;
  }

  /**
   * The periods of a window, both ends included; where there are more than `most`, evenly chosen ones: every k-th.
   * @param most  at least 2
   * @throws FileRefused for damage, with the byte; and where the steps do not count the periods
   */
  rowsBetween(from: number, to: number, most: number): RecordedRows {
    const inWindow = this.chunks.between(from, to);
    const [first, last] = [this.edge(inWindow, from, to, 1), this.edge(inWindow, from, to, -1)];
    if (first === undefined || last === undefined || last.step < first.step) return { every: 1, rows: this.table([]) };
    const every = Math.max(1, Math.ceil((last.step - first.step + 1) / most));
    const found = every === 1 ? this.all(inWindow, from, to, most) : this.everyKth(inWindow, first, last, every);
    return { every, rows: this.table(found) };
  }

  /** Plan frames of a window in the order of their plans, `most` at most, evenly chosen. @throws FileRefused for damage */
  plansBetween(from: number, to: number, most: number): Uint8Array[] {
    const all = this.fanChunks.between(from - PLAN_SLACK, to + PLAN_SLACK);
    const stride = Math.max(1, Math.ceil(all.length / most));
    const found = new Map<number, PlanFrame>();
    for (let i = 0; i < all.length; i += stride)
      for (const { data } of this.mcap.messagesOf(all[i]!, fans)) {
        const plan = this.read(() => readFan(data.toString('utf8')));
        // around faults a plan has a second one, with all its paths
        if (plan.time >= from && plan.time <= to && plan.rollouts >= (found.get(plan.id)?.rollouts ?? 0)) found.set(plan.id, plan);
      }
    const inOrder = [...found.values()].sort((a, b) => a.time - b.time);
    const thin = Math.max(1, Math.ceil(inOrder.length / most));
    return inOrder.filter((_, i) => i % thin === 0).map(encodePlanFrame);
  }

  /**
   * What happened, in order: where there is more than an axis has room for, the first ones and the last, and of the models fewer
   * than of the rest.
   * @throws FileRefused for damage
   */
  moments(): RecordedMoment[] {
    const found: RecordedMoment[] = [];
    let models = 0;
    for (const { topic, text } of this.events()) {
      const event = this.read(() => readEvent(text, eventTopicOf(topic)));
      if (event.kind === 'model' && ++models > MOST_MODELS) continue;
      if (found.length === MOST_MOMENTS) found.pop();
      found.push({ time: event.step * this.header.period, kind: kindOf(event), label: labelOf(event) });
    }
    return found;
  }
  /** How it ended, as the recording says; empty when it does not. */
  ended(): string {
    let text = '';
    for (const message of this.events()) {
      const event = this.read(() => readEvent(message.text, eventTopicOf(message.topic)));
      if (event.kind === 'end') text = event.text;
    }
    return text;
  }

  private *events(): Generator<{ readonly topic: string; readonly text: string }> {
    for (const chunk of this.eventChunks)
      for (const { topic, data } of this.mcap.messagesOf(chunk, happenings))
        yield this.read(() => upToDate(this.version, { topic, text: data.toString('utf8') }));
  }

  // ── finding rows ──

  /** The first or last period of the window. */
  private edge(chunks: readonly Chunk[], from: number, to: number, direction: 1 | -1): RecordedPeriod | undefined {
    for (let i = direction === 1 ? 0 : chunks.length - 1; i >= 0 && i < chunks.length; i += direction) {
      const periods = this.periodsOf(chunks[i]!).filter(({ time }) => time >= from && time <= to);
      if (periods.length > 0) return direction === 1 ? periods[0] : periods.at(-1);
    }
    return undefined;
  }
  /** Not more than `most`, whatever the first and last step promise: what a window takes is the caller's word, not the file's. */
  private all(chunks: readonly Chunk[], from: number, to: number, most: number): RecordedPeriod[] {
    const found: RecordedPeriod[] = [];
    for (const chunk of chunks)
      for (const period of this.periodsOf(chunk)) {
        if (!(period.time >= from && period.time <= to)) continue;
        if (period.step <= (found.at(-1)?.step ?? -1)) this.refuseStep(period.step);
        found.push(period);
        if (found.length > most) this.refuseStep(period.step);
      }
    return found;
  }
  /** Looks only into chunks in which such a period can stand, by its time. */
  private everyKth(chunks: readonly Chunk[], first: RecordedPeriod, last: RecordedPeriod, every: number): RecordedPeriod[] {
    const pace = (last.time - first.time) / (last.step - first.step);
    const found: RecordedPeriod[] = [];
    let at = 0;
    for (let step = first.step; step <= last.step; step += every) {
      const when = first.time + (step - first.step) * pace - pace / 2;
      while (at < chunks.length - 1 && this.chunks.endOf(chunks[at]!) < when) at++;
      const period = this.periodIn(chunks[at]!, step);
      if (period !== undefined && period.step > (found.at(-1)?.step ?? -1)) found.push(period);
    }
    return found;
  }
  /** The period of a step, or the nearest that the chunk has: a rig whose pace wanders may have it in the next. */
  private periodIn(chunk: Chunk, step: number): RecordedPeriod | undefined {
    const messages = this.mcap.messagesOf(chunk, telemetry);
    if (messages.length === 0) return undefined;
    const first = this.periodOf(messages[0]!);
    const wanted = Math.max(0, Math.min(messages.length - 1, step - first.step));
    return wanted === 0 ? first : this.periodOf(messages[wanted]!);
  }
  private periodsOf(chunk: Chunk): RecordedPeriod[] {
    return this.mcap.messagesOf(chunk, telemetry).map((message) => this.periodOf(message));
  }
  private periodOf({ topic, data }: IndexedMessage): RecordedPeriod {
    const period = this.read(() => readPeriod(upToDate(this.version, { topic, text: data.toString('utf8') }).text, this.names));
    if (!Number.isSafeInteger(period.step) || period.step < 0) this.refuseStep(period.step); // steps are counted with, below
    return period;
  }
  private refuseStep(step: number): never {
    throw inWords(this.path, new RecordRefused(`its periods do not count their steps 0, 1, 2, …: step ${step}`));
  }

  private read<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw inWords(this.path, error);
    }
  }

  private table(periods: readonly RecordedPeriod[]): Telemetry {
    const { channels, costs, episode } = this.header;
    const column = (of: (period: RecordedPeriod) => number) => Float64Array.from(periods, of);
    const columns = (width: number, of: (period: RecordedPeriod) => readonly number[]) => {
      const all = new Float64Array(periods.length * width);
      periods.forEach((period, i) => all.set(of(period), i * width));
      return all;
    };
    const hasTruth = periods.length > 0 && periods.every(({ truth }) => truth !== undefined);
    return {
      episode,
      firstStep: periods[0]?.step ?? 0,
      count: periods.length,
      times: column(({ time }) => time),
      states: columns(channels.length, ({ state }) => state),
      truths: hasTruth ? columns(channels.length, ({ truth }) => truth!) : new Float64Array(0),
      chosen: column(({ decided }) => decided?.chosen ?? NaN),
      commands: column(({ decided }) => decided?.sent ?? NaN),
      applied: column(({ applied }) => applied),
      costs: columns(costs.length, (period) => period.costs),
      planMs: column(({ decided }) => decided?.planMs ?? NaN),
      latenessMs: column(({ decided }) => decided?.latenessMs ?? NaN),
      basis: Uint8Array.from(periods, ({ decided }) => basisOf(decided?.basis)),
    };
  }
}

/** Chunks on the time axis of the episode: found by bisection, however many there are. */
class Timeline {
  /** Seconds of the episode at which each chunk begins; and by which it and all before it have ended. */
  private readonly begins: Float64Array;
  private readonly ended: Float64Array;

  /** @param chunks  in the order of their beginnings  @param startsAt  ns */
  constructor(
    private readonly chunks: readonly Chunk[],
    private readonly startsAt: bigint,
  ) {
    this.begins = Float64Array.from(chunks, ({ startTime }) => this.secondsOf(startTime));
    let latest = -Infinity;
    this.ended = Float64Array.from(chunks, (chunk) => (latest = Math.max(latest, this.endOf(chunk))));
  }
  /** Of the last message. */
  get end(): number {
    return Math.max(0, this.ended.at(-1) ?? 0);
  }
  endOf({ endTime }: Chunk): number {
    return this.secondsOf(endTime);
  }
  /** Chunks in which something of a window may stand. The times of the log were rounded to a nanosecond. */
  between(from: number, to: number): readonly Chunk[] {
    return this.chunks.slice(firstBeyond(this.ended, from - 1e-8), firstBeyond(this.begins, to + 1e-8));
  }
  private secondsOf(nanoseconds: bigint): number {
    return Number(nanoseconds - this.startsAt) / 1e9;
  }
}
/** Place of the first entry beyond a value; how many there are when there is none. @param sorted  rising */
function firstBeyond(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const ZERO = bases.indexOf('zero');
/** A row without decision has none; a word that this program does not know is no plan. */
function basisOf(word: string | undefined): number {
  const basis = bases.indexOf(word as Basis);
  return basis < 0 ? ZERO : basis;
}
const eventTopicOf = (topic: string): EventTopic =>
  topic === topics.setting.topic ? 'setting' : topic === topics.fault.topic ? 'fault' : 'event';

function kindOf(event: RecordedEvent): RecordedMoment['kind'] {
  return event.kind === 'end' || event.kind === 'model' ? event.kind : topicOfEvent(event);
}
const words: Partial<Readonly<Record<RecordedEvent['kind'], string>>> = {
  setting: 'settings',
  firstPlan: 'planned from here',
  push: 'push',
  pause: 'pause',
  goOn: 'goes on',
  stop: 'stop',
  end: 'end',
};
const LONGEST_LABEL = 60;
function labelOf({ kind, text }: RecordedEvent): string {
  const fit = kind === 'model' ? /^Fit \d+/.exec(text)?.[0] : undefined;
  return fit?.toLowerCase() ?? words[kind] ?? text.slice(0, LONGEST_LABEL);
}
