import {
  eventText,
  headerTexts,
  namesOf,
  periodText,
  planText,
  type EpisodeSink,
  type PeriodNames,
} from '../../src/shared/episodes/record';
import { topicOfEvent } from '../../src/shared/episodes/eventRecord';
import { fanText } from '../../src/shared/episodes/fanRecord';
import { decodePlanFrame } from '../../src/shared/episodes/planFrame';
import { EpisodeReader, type RecordedEpisode } from '../../src/shared/episodes/readEpisode';
import { timingText } from '../../src/shared/episodes/timingRecord';
import { topics, type TopicId } from '../../src/shared/episodes/topics';

/** Episodes through their texts and back, as a file would have them. */
export class Tape implements EpisodeSink {
  readonly episodes: RecordedEpisode[] = [];
  /** Topics and texts of the newest one. */
  texts: { readonly topic: string; readonly text: string }[] = [];
  private reader: EpisodeReader | undefined;
  private names: PeriodNames = { channels: [], costs: [] };
  begin: EpisodeSink['begin'] = (header) => {
    this.reader = new EpisodeReader(headerTexts(header), true);
    this.names = namesOf(header);
    this.texts = [];
  };
  period: EpisodeSink['period'] = (period) => this.add('telemetry', periodText(period, this.names));
  plan: EpisodeSink['plan'] = (plan) => this.add('plan', planText(plan));
  fan: EpisodeSink['fan'] = ({ bytes, searched }) => this.add('fan', fanText(decodePlanFrame(bytes), Infinity, searched));
  event: EpisodeSink['event'] = (event) => this.add(topicOfEvent(event), eventText(event));
  timing: EpisodeSink['timing'] = (timing) => this.add('timing', timingText(timing));
  end = () => void this.episodes.push(this.reader!.finish());

  private add(id: TopicId, text: string): void {
    const { topic } = topics[id];
    this.texts.push({ topic, text });
    this.reader!.take(topic, text);
  }
}
