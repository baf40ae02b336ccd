import { defineAlgorithm, type AlgorithmInstance } from './algorithm';
import { episodeSeconds, modelAge, randomSeconds } from './learningSettings';

/**
 * Iterative model learning and trajectory optimisation: random data, fit, optimise a whole episode, execute it without
 * feedback, append what happened, fit again, and so on.
 */
export const iterative = defineAlgorithm({
  label: 'Iterative',
  source: 'the loop of one-shot learning repeated on the data it makes; Deisenroth & Rasmussen 2011 in this form',
  settings: { episode: episodeSeconds, random: randomSeconds(2), modelAge },
  create({ episode, random }): AlgorithmInstance {
    return {
      nextEpisode: (index) =>
        index === 0
          ? { randomSeconds: Infinity, replan: 'once', seconds: Math.max(random, 0.5), fitFirst: false }
          : { randomSeconds: 0, replan: 'once', seconds: episode, fitFirst: true },
      wantsFit: () => false,
    };
  },
});
