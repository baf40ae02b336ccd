import type { EpisodeHeader } from '../../shared/episodes/record';
import { FileRefused } from '../../shared/recordings/refusal';
import { resolveSetup, type ResolvedSetup } from '../../shared/setups/resolve';
import { checkSetup } from './setupFile';

/** The setup that an episode was recorded with. @throws FileRefused when this program has none such */
export function recordedSetup(path: string, header: EpisodeHeader): ResolvedSetup {
  const setup = checkSetup(header.setup);
  const refuse = (what: string) =>
    new FileRefused(path, 'setup', `the recorded setup is none of this program (${what})`, 'Open it with the version that wrote it.');
  if (typeof setup === 'string') throw refuse(setup);
  try {
    return resolveSetup(setup);
  } catch (error) {
    throw refuse((error as Error).message);
  }
}
