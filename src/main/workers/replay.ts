import type { RecordedEpisode } from '../../shared/episodes/readEpisode';
import { lookUp, registries, type ResolvedSetup } from '../../shared/setups/resolve';
import { defaultsOf } from '../../shared/settings';
import { controllerOf } from '../control/assemble';
import { replayEpisode, type Replay } from '../control/replay';

export { smoothedEpisode } from '../control/smoothedEpisode';

/**
 * A recorded episode through the loop, on a stepped clock.
 * @param controller  id of another controller, with its default settings; the recorded one when absent
 */
export function replay(episode: RecordedEpisode, resolved: ResolvedSetup, controller?: string): Replay {
  if (controller === undefined) return replayEpisode(episode, resolved);
  const other = lookUp(registries.controller, controller, 'controller');
  return replayEpisode(
    episode,
    resolved,
    controllerOf({ ...resolved, controller: other, settings: { ...resolved.settings, controller: defaultsOf(other.settings) } }, {}),
  );
}
