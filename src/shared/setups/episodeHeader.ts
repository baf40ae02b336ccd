import type { EpisodeHeader } from '../episodes/record';
import type { EpisodePlan } from '../learning/algorithm';
import type { ResolvedSetup } from './resolve';

/** What an episode of this setup is recorded under. */
export function episodeHeader(
  { setup, plant, instance, period, cost }: ResolvedSetup,
  episode: number,
  { seconds, randomSeconds, replan }: Omit<EpisodePlan, 'fitFirst'>,
  written: Pick<EpisodeHeader, 'software' | 'startedAt'> & Partial<Pick<EpisodeHeader, 'rig'>>,
): EpisodeHeader {
  const limit = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    rig: 'simulated',
    ...written,
    episode,
    period,
    plant: setup.plant,
    channels: plant.channels.map(({ id, label, unit, wraps }, c) => ({
      id,
      label,
      unit,
      wraps: wraps === true,
      limits: [limit(instance.stateLimits[c]![0]), limit(instance.stateLimits[c]![1])],
    })),
    action: { id: plant.action.id, label: plant.action.label, unit: plant.action.unit, limit: instance.actionLimit },
    costs: cost.terms.map(({ label }) => label),
    setup,
    plan: { seconds, randomSeconds, replan },
  };
}
