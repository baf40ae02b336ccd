import type { RecordedEpisode } from '../../../shared/episodes/readEpisode';
import type { ResolvedSetup } from '../../../shared/setups/resolve';
import { readEpisodeFile } from '../../storage/readEpisodeFile';
import { recordedSetup } from '../../storage/recordedSetup';

export interface EpisodeOfFile {
  readonly episode: RecordedEpisode;
  /** What it was run with. */
  readonly resolved: ResolvedSetup;
}
/** Whether the name is that of a recording of ours. */
export const isRecording = (path: string): boolean => /\.mcap(\.part)?$/i.test(path);

/** @throws FileRefused in words */
export function episodeOfFile(file: string): EpisodeOfFile {
  const episode = readEpisodeFile(file);
  return { episode, resolved: recordedSetup(file, episode.header) };
}
