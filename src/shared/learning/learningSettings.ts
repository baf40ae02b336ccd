import { real } from '../settings';

/** Settings that every algorithm has; the defaults of the random phase are the algorithm's. */
export const episodeSeconds = real({
  label: 'Episode',
  unit: 's',
  min: 1,
  max: 120,
  step: 0.5,
  default: 8,
  applies: 'nextEpisode',
  meaning: 'Length of an episode. A swing-up must stay up to the end, at least 2 s, so short episodes can hardly succeed.',
});
export const randomSeconds = (seconds: number) =>
  real({
    label: 'Random data',
    unit: 's',
    min: 0,
    max: 60,
    step: 0.25,
    default: seconds,
    applies: 'nextEpisode',
    meaning: 'Seconds of random actions before the first fit; more is spent near the bottom.',
  });
export const modelAge = real({
  label: 'Model age',
  unit: 's',
  min: 0,
  max: 5,
  step: 0.05,
  default: 0.25,
  applies: 'live',
  expert: true,
  meaning: 'On a stepped clock a model is used so long after its data ended, as on a bench where a fit takes time.',
});
