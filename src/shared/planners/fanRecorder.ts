/** The rollouts of one search, thinned for drawing. */
export interface Fan {
  /** [K], worst to best, finite. */
  readonly costs: Float32Array;
  /** [K × (horizon + 1) × 2] tips x, y in metres, in that order. */
  readonly tips: Float32Array;
}
const SHOWN = 400;
const BEST = 40;

/**
 * Keeps the paths of every iteration of one search: the last iteration alone is a bundle in which the search cannot be
 * seen. Thinned to 400: the best 40 and an even choice of the others by rank. Diverged futures are left out.
 */
export class FanRecorder {
  private readonly chunks: { readonly costs: Float64Array; readonly tips: Float32Array }[] = [];
  private pending: Float32Array | undefined;

  constructor(private readonly horizon: number) {}

  /** Where the next evaluation is to write its tips. */
  tipsFor(count: number): Float32Array {
    this.pending = new Float32Array(count * (this.horizon + 1) * 2);
    return this.pending;
  }
  take(costs: Float64Array, count: number): void {
    if (this.pending !== undefined) this.chunks.push({ costs: costs.slice(0, count), tips: this.pending });
    this.pending = undefined;
  }
  finish(): Fan {
    const all: { cost: number; chunk: number; row: number }[] = [];
    this.chunks.forEach(({ costs }, chunk) => costs.forEach((cost, row) => void (cost !== Infinity && all.push({ cost, chunk, row }))));
    all.sort((a, b) => a.cost - b.cost);
    const shown = thinned(all).reverse();
    const width = (this.horizon + 1) * 2;
    const tips = new Float32Array(shown.length * width);
    shown.forEach(({ chunk, row }, k) => tips.set(this.chunks[chunk]!.tips.subarray(row * width, (row + 1) * width), k * width));
    return { costs: Float32Array.from(shown, ({ cost }) => cost), tips };
  }
}
function thinned<T>(sorted: readonly T[]): T[] {
  if (sorted.length <= SHOWN) return sorted.slice();
  const rest = sorted.length - BEST;
  return [
    ...sorted.slice(0, BEST),
    ...Array.from({ length: SHOWN - BEST }, (_, i) => sorted[BEST + Math.floor((i * rest) / (SHOWN - BEST))]!),
  ];
}
