import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { uniformInt } from 'pure-rand/distribution/uniformInt';

/** Whole numbers from 0 to below the argument, the same for the same seed. */
export function generator(seed: number): (below: number) => number {
  const stream = xoroshiro128plus(seed);
  return (below) => uniformInt(stream, 0, below - 1);
}
