import { real } from '../settings';
import { defineAlgorithm, type AlgorithmInstance } from './algorithm';
import { episodeSeconds, modelAge, randomSeconds } from './learningSettings';

/**
 * Iterative model learning with model-predictive control: half a second of random data, then control at once through
 * whatever the model knows, refitted while the episode runs. The first episode is not reset when control takes over.
 */
export const iterativeMpc = defineAlgorithm({
  label: 'Iterative with MPC',
  source: 'Nagabandi et al. 2018, algorithm 1; refits within the episode and the short random phase are ours',
  settings: {
    episode: episodeSeconds,
    random: randomSeconds(0.5),
    refit: real({
      label: 'Refit every',
      unit: 's',
      min: 0.05,
      max: 60,
      step: 0.05,
      default: 0.25,
      applies: 'live',
      meaning: 'Experience between the beginnings of two fits, also while an episode runs.',
    }),
    modelAge,
  },
  create({ episode, random, refit }): AlgorithmInstance {
    return {
      // an episode that was cut short leaves the rest of the random data to the next: without it there would be no first fit
      nextEpisode: (_index, experience) => ({
        randomSeconds: Math.max(0, random - experience),
        replan: 'everyPeriod',
        seconds: episode,
        fitFirst: false,
      }),
      wantsFit: ({ experience, sinceFit, rows }) => experience >= random - 1e-9 && rows >= 3 && sinceFit >= refit - 1e-9,
    };
  },
});
