import type { RecordedEpisode } from '../../../shared/episodes/readEpisode';
import { FileRefused } from '../../../shared/recordings/refusal';
import { resolveSetup, type ResolvedSetup } from '../../../shared/setups/resolve';
import { readEpisodeFile } from '../../storage/readEpisodeFile';
import { checkSetup } from '../../storage/setupFile';

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
  const setup = checkSetup(episode.header.setup);
  const refuse = (what: string) =>
    new FileRefused(file, 'setup', `the recorded setup is none of this program (${what})`, 'Open it with the version that wrote it.');
  if (typeof setup === 'string') throw refuse(setup);
  try {
    return { episode, resolved: resolveSetup(setup) };
  } catch (error) {
    throw refuse((error as Error).message);
  }
}
