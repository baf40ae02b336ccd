import { randomStream, streamKey, type Random } from '../math/random';

/**
 * Random bang-bang: the sign alternates, the size is drawn from 0.5 … 1 of the limit and held for 0.1 … 0.35 s.
 * Half a second of it is enough to begin; more is spent near the bottom (docs/learning.md).
 */
export class BangBang {
  private random: Random;
  private value = 0;
  private left = 0;

  constructor(
    private readonly limit: number,
    private readonly period: number,
    private readonly seed: number,
  ) {
    this.random = randomStream(streamKey(seed, EXCITATION, 0, 0));
  }

  reset(episode: number): void {
    this.random = randomStream(streamKey(this.seed, EXCITATION, episode, 0));
    this.value = 0;
    this.left = 0;
  }

  next(): number {
    if (this.left <= 0) {
      const sign = this.value > 0 ? -1 : this.value < 0 ? 1 : this.random.uniform() < 0.5 ? -1 : 1;
      this.value = sign * this.limit * (0.5 + 0.5 * this.random.uniform());
      this.left = Math.max(1, Math.round((0.1 + 0.25 * this.random.uniform()) / this.period));
    }
    this.left--;
    return this.value;
  }
}
const EXCITATION = 0x62616e67; // 'bang'
