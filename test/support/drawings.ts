import { randomStream, streamFamily, streamKey } from '../../src/shared/math/random';
import { BANK, type Drawing } from '../../src/shared/rollouts/drawing';

/** Candidates from … to − 1 drawn around a mean that is nowhere flat, some of them beyond the limit. */
export function someDrawing(limit: number, horizon: number, [from, to]: readonly [number, number], seed = 1): Drawing {
  const random = randomStream(streamKey(seed, 0x64726177, 0, 0));
  const row = (scale: number) => Float64Array.from({ length: horizon }, () => scale * random.uniform());
  const bank = Float64Array.from({ length: BANK * horizon }, () => random.normal());
  return { bank, mean: row(0.8), spread: row(0.9), limit, family: streamFamily(seed, 3, 1), from, to };
}
