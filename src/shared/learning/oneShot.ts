import { defineAlgorithm, type AlgorithmInstance } from './algorithm';
import { episodeSeconds, modelAge, randomSeconds } from './learningSettings';

/**
 * One-shot model learning and trajectory optimisation: random data, one fit, one optimisation of a whole episode, which
 * is executed without feedback. Its failure is instructive: errors accumulate and the plan leaves the data.
 */
export const oneShot = defineAlgorithm({
  label: 'One-shot',
  source: 'the textbook baseline of model-based reinforcement learning: random data, fit, optimise, execute',
  settings: { episode: episodeSeconds, random: randomSeconds(4), modelAge },
  create({ episode, random }): AlgorithmInstance {
    return {
      nextEpisode(index) {
        if (index === 0) return { randomSeconds: Infinity, replan: 'once', seconds: Math.max(random, 0.5), fitFirst: false };
        return index === 1 ? { randomSeconds: 0, replan: 'once', seconds: episode, fitFirst: true } : undefined;
      },
      wantsFit: () => false,
    };
  },
});
