import { log } from '../../math/elementary';
import type { ModelInput } from '../features';

/**
 * Hyperparameters of one output, as natural logarithms, in this order: a length scale for each input, the signal's
 * standard deviation, the noise's standard deviation (both over the root mean square of the targets).
 */
export interface HyperPrior {
  /** Centre of the log-normal priors, which is also the start and the fallback. */
  readonly start: Float64Array;
  /** Standard deviations of the logarithms. */
  readonly spread: Float64Array;
}
/** Logarithms are held within these. */
export const LOWEST = -7;
export const HIGHEST = 5;

export function hyperPrior(
  inputs: readonly ModelInput[],
  s: {
    readonly lengthScale: number;
    readonly placeLengthScale: number;
    readonly actionLengthScale: number;
    readonly lengthScaleSpread: number;
    readonly signal: number;
    readonly noise: number;
    readonly amplitudeSpread: number;
  },
): HyperPrior {
  const lengths = inputs.map((input) => (input.channel < 0 ? s.actionLengthScale : input.ofPlaceFree ? s.placeLengthScale : s.lengthScale));
  return {
    start: Float64Array.from([...lengths, s.signal, s.noise], log),
    spread: Float64Array.from([...lengths.map(() => s.lengthScaleSpread), s.amplitudeSpread, s.amplitudeSpread]),
  };
}
