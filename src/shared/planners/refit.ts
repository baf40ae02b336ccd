export interface RefitSettings {
  /** Share of the old mean and spread that survives, 0 … 1. */
  readonly smoothing: number;
  /** The spread never shrinks below it, as a share of the limit. */
  readonly leastSpread: number;
}

/**
 * Moves mean and spread to those of the elites, step by step.
 * @param elites  [used or more × horizon], as shares of the limit, cheapest first
 * @param used    elites that count, at least 1
 * @param mean    [horizon], changed
 * @param spread  [horizon], standard deviations, changed
 */
export function refit(
  elites: Float64Array,
  used: number,
  mean: Float64Array,
  spread: Float64Array,
  { smoothing, leastSpread }: RefitSettings,
): void {
  const horizon = mean.length;
  for (let t = 0; t < horizon; t++) {
    let sum = 0;
    for (let e = 0; e < used; e++) sum += elites[e * horizon + t]!;
    const mu = sum / used;
    let squares = 0;
    for (let e = 0; e < used; e++) squares += (elites[e * horizon + t]! - mu) ** 2;
    mean[t] = smoothing * mean[t]! + (1 - smoothing) * mu;
    spread[t] = Math.max(leastSpread, smoothing * spread[t]! + (1 - smoothing) * Math.sqrt(squares / used));
  }
}
