import { HIGHEST, LOWEST, type HyperPrior } from './hyperparameters';
import type { Likelihood } from './likelihood';

/**
 * Climbs the log posterior by iRprop−: every hyperparameter has a step of its own, which grows while its derivative
 * keeps its sign and shrinks when it turns. Ends at the best place seen; the start values when nothing was better.
 * Source: Igel & Hüsken 2000 (variant without weight backtracking); for Gaussian processes Blum & Riedmiller 2013.
 *
 * @param from        [hyperparameters] logarithms to begin at
 * @param checkpoint  awaited before each iteration; throws to cancel
 * @param onStep      called after each iteration; `likelihood` then holds its figures
 */
export async function climb(
  likelihood: Likelihood,
  y: Float64Array,
  from: Float64Array,
  prior: HyperPrior,
  iterations: number,
  checkpoint: (() => Promise<void>) | undefined,
  onStep: () => void,
): Promise<Float64Array> {
  let h = from.slice();
  let best = from.slice();
  let bestValue = -Infinity;
  const step = new Float64Array(h.length).fill(0.1);
  const before = new Float64Array(h.length);
  for (let iteration = 0; iteration < iterations; iteration++) {
    if (checkpoint !== undefined) await checkpoint();
    const value = likelihood.evaluate(h, y, true);
    if (value === -Infinity || value !== value) {
      if (bestValue === -Infinity) return prior.start.slice(); // not even the beginning works: the start values do
      h = best.slice();
      for (let p = 0; p < step.length; p++) step[p] *= 0.3;
      before.fill(0);
      continue;
    }
    if (value > bestValue) {
      bestValue = value;
      best = h.slice();
    }
    onStep();
    for (let p = 0; p < h.length; p++) {
      let slope = likelihood.gradient[p];
      const agreement = slope * before[p];
      if (agreement > 0) step[p] = Math.min(step[p] * 1.2, 0.5);
      else if (agreement < 0) {
        step[p] *= 0.5;
        slope = 0;
      }
      if (slope > 0) h[p] += step[p];
      else if (slope < 0) h[p] -= step[p];
      before[p] = slope;
      h[p] = Math.min(HIGHEST, Math.max(LOWEST, h[p]));
    }
  }
  return best;
}
