import {
  eventText,
  headerTexts,
  namesOf,
  periodText,
  planText,
  type EpisodeSink,
  type PeriodNames,
} from '../../src/shared/episodes/record';
import { EpisodeReader, type RecordedEpisode } from '../../src/shared/episodes/readEpisode';

/** Episodes through their texts and back, as a file would have them. */
export class Tape implements EpisodeSink {
  readonly episodes: RecordedEpisode[] = [];
  private reader: EpisodeReader | undefined;
  private names: PeriodNames = { channels: [], costs: [] };
  begin: EpisodeSink['begin'] = (header) => {
    this.reader = new EpisodeReader(headerTexts(header));
    this.names = namesOf(header);
  };
  period: EpisodeSink['period'] = (period) => this.reader!.take('/telemetry', periodText(period, this.names));
  plan: EpisodeSink['plan'] = (plan) => this.reader!.take('/plan', planText(plan));
  event: EpisodeSink['event'] = (event) => this.reader!.take('/event', eventText(event));
  end = () => void this.episodes.push(this.reader!.finish());
}
