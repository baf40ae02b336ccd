import { EpisodeReader, type RecordedEpisode } from '../../shared/episodes/readEpisode';
import { RecordRefused } from '../../shared/episodes/record';
import { HEADER_METADATA } from '../../shared/episodes/topics';
import { FileRefused } from '../../shared/recordings/refusal';
import { readMcap } from './mcap/readMcap';
import { mustBeWhole } from './mcap/whole';

/**
 * Reads a recorded episode, whole. One that was cut short or is damaged is not taken as it is: what is missing would show up
 * later as something else.
 *
 * @throws FileRefused in words
 */
export function readEpisodeFile(path: string): RecordedEpisode {
  const { metadata, damage, endsWith } = readMcap(path, () => {});
  mustBeWhole(path, { damage, endsWith });
  const refused = (error: unknown) => {
    if (!(error instanceof RecordRefused)) return error;
    const said = error.message.replace(/\.$/, '');
    return new FileRefused(path, 'recording', said, 'Give a recording of an episode, as `upright learn --record` writes them.');
  };
  try {
    const reader = new EpisodeReader(metadata.find(({ name }) => name === HEADER_METADATA)?.values ?? {});
    readMcap(path, ({ topic, text }) => reader.take(topic, text));
    return reader.finish();
  } catch (error) {
    throw refused(error);
  }
}
