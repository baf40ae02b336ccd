import type { PlanFrame } from './planFrame';
import { readFan } from './fanRecord';
import { upToDate } from './migrations';
import {
  namesOf,
  readEvent,
  readHeader,
  readPeriod,
  readPlan,
  RecordRefused,
  versionOf,
  type EpisodeHeader,
  type PeriodNames,
  type RecordedEvent,
  type RecordedPeriod,
  type RecordedPlan,
} from './record';
import { readTiming, type RecordedTiming } from './timingRecord';
import { topics } from './topics';

/** An episode as it was recorded. */
export interface RecordedEpisode {
  readonly header: EpisodeHeader;
  /** In order, without gaps; the last one may have no decision. */
  readonly periods: readonly RecordedPeriod[];
  /** With the index of the period before whose decision each came in. */
  readonly plans: readonly (RecordedPlan & { readonly before: number })[];
  /** Likewise, of the topics setting, event and fault. */
  readonly events: readonly (RecordedEvent & { readonly before: number })[];
  readonly timings: readonly RecordedTiming[];
  /** Messages with a fan; and the fans, if they were wanted, one for a plan and in the order of plans. */
  readonly fanCount: number;
  readonly fans: readonly PlanFrame[];
}

/** Puts an episode together from the messages of its recording, in the order in which they stand there. */
export class EpisodeReader {
  private readonly version: number;
  private readonly header: EpisodeHeader;
  private readonly names: PeriodNames;
  private readonly periods: RecordedPeriod[] = [];
  private readonly plans: (RecordedPlan & { before: number })[] = [];
  private readonly events: (RecordedEvent & { before: number })[] = [];
  private readonly timings: RecordedTiming[] = [];
  private readonly fans = new Map<number, PlanFrame>();
  private fanCount = 0;

  /**
   * @param wantsFans  whether fans are read, some 12 kB each; else they are passed over
   * @throws RecordRefused when the metadata is of no episode
   */
  constructor(
    metadata: Readonly<Record<string, string>>,
    private readonly wantsFans = false,
  ) {
    this.header = readHeader(metadata);
    this.version = versionOf(metadata);
    this.names = namesOf(this.header);
  }
  /** Topics of others are passed over. @throws RecordRefused in words */
  take(topicThen: string, textThen: string): void {
    const { topic, text } = upToDate(this.version, { topic: topicThen, text: textThen });
    switch (topic) {
      case topics.telemetry.topic:
        return this.takePeriod(readPeriod(text, this.names));
      case topics.plan.topic:
        return void this.plans.push({ ...readPlan(text), before: this.periods.length });
      case topics.setting.topic:
        return this.takeEvent(readEvent(text, 'setting'));
      case topics.event.topic:
        return this.takeEvent(readEvent(text, 'event'));
      case topics.fault.topic:
        return this.takeEvent(readEvent(text, 'fault'));
      case topics.timing.topic:
        return void this.timings.push(readTiming(text));
      case topics.fan.topic:
        return this.takeFan(text);
    }
  }
  finish(): RecordedEpisode {
    const { header, periods, plans, events, timings, fanCount, fans } = this;
    return { header, periods, plans, events, timings, fanCount, fans: [...fans.values()].sort((a, b) => a.id - b.id) };
  }
  private takeEvent(event: RecordedEvent): void {
    this.events.push({ ...event, before: this.periods.length });
  }
  private takeFan(text: string): void {
    this.fanCount++;
    if (!this.wantsFans) return;
    const fan = readFan(text);
    // around faults a plan has a second one, with all its paths
    if (fan.rollouts >= (this.fans.get(fan.id)?.rollouts ?? 0)) this.fans.set(fan.id, fan);
  }
  private takePeriod(period: RecordedPeriod): void {
    const last = this.periods.at(-1);
    const wanted = last === undefined ? 0 : last.step + 1;
    if (period.step !== wanted)
      throw new RecordRefused(
        `The period of step ${wanted} is missing: step ${period.step} comes next. \`upright recover\` says what was lost.`,
      );
    this.periods.push(period);
  }
}
