import {
  namesOf,
  readEvent,
  readHeader,
  readPeriod,
  readPlan,
  RecordRefused,
  type EpisodeHeader,
  type PeriodNames,
  type RecordedEvent,
  type RecordedPeriod,
  type RecordedPlan,
} from './record';
import { topics } from './topics';

/** An episode as it was recorded. */
export interface RecordedEpisode {
  readonly header: EpisodeHeader;
  /** In order, without gaps; the last one may have no decision. */
  readonly periods: readonly RecordedPeriod[];
  /** With the index of the period before whose decision each came in. */
  readonly plans: readonly (RecordedPlan & { readonly before: number })[];
  /** Likewise. */
  readonly events: readonly (RecordedEvent & { readonly before: number })[];
}

/** Puts an episode together from the messages of its recording, in the order in which they stand there. */
export class EpisodeReader {
  private readonly header: EpisodeHeader;
  private readonly names: PeriodNames;
  private readonly periods: RecordedPeriod[] = [];
  private readonly plans: (RecordedPlan & { before: number })[] = [];
  private readonly events: (RecordedEvent & { before: number })[] = [];

  /** @throws RecordRefused when the metadata is of no episode */
  constructor(metadata: Readonly<Record<string, string>>) {
    this.header = readHeader(metadata);
    this.names = namesOf(this.header);
  }
  /** Topics of others are passed over. @throws RecordRefused in words */
  take(topic: string, text: string): void {
    if (topic === topics.telemetry.topic) this.takePeriod(readPeriod(text, this.names));
    else if (topic === topics.plan.topic) this.plans.push({ ...readPlan(text), before: this.periods.length });
    else if (topic === topics.event.topic) this.events.push({ ...readEvent(text), before: this.periods.length });
  }
  finish(): RecordedEpisode {
    const { header, periods, plans, events } = this;
    return { header, periods, plans, events };
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
