import { cos, exp, log, sin } from '../math/elementary';
import { randomStream, streamKey } from '../math/random';

/**
 * Periods longer than twice so many steps are no stronger than these: a plan over a whole episode needs pushes as long
 * as those of a short one, not one push as long as the episode. Horizons up to it are not touched.
 */
const LONGEST_PUSH = 30;

/**
 * A bank of coloured-noise sequences of unit variance: power falls with frequency as f^−exponent over the horizon, so
 * that samples push and hold as a swing-up needs, instead of cancelling themselves from step to step. Drawing from a
 * bank costs one integer; the bank depends on the seed alone.
 *
 * @param length    steps of a sequence
 * @param exponent  0 white, 1 pink, 2 red (Brown)
 * @returns         [size × length]
 * Source: Pinneri et al. 2020 (iCEM), section 3.1; here cosines and sines with periods up to twice the horizon, so
 * that a sequence does not have to end where it began.
 */
export function colouredNoiseBank(size: number, length: number, exponent: number, seed: number): Float64Array {
  const bank = new Float64Array(size * length);
  const amplitudes = new Float64Array(length);
  let power = 0;
  for (let f = 1; f <= length; f++) {
    amplitudes[f - 1] = exp((-exponent / 2) * log(Math.max(f, length / LONGEST_PUSH)));
    power += amplitudes[f - 1]! * amplitudes[f - 1]!;
  }
  const scale = 1 / Math.sqrt(power);
  const cosines = new Float64Array(length * length);
  const sines = new Float64Array(length * length);
  for (let f = 1; f <= length; f++)
    for (let t = 0; t < length; t++) {
      const angle = (3.141592653589793 * f * t) / length;
      cosines[(f - 1) * length + t] = cos(angle);
      sines[(f - 1) * length + t] = sin(angle);
    }
  for (let j = 0; j < size; j++) {
    const random = randomStream(streamKey(seed, 0x62616e6b, j, 0)); // 'bank'
    for (let f = 0; f < length; f++) {
      const a = amplitudes[f]! * random.normal() * scale;
      const b = amplitudes[f]! * random.normal() * scale;
      for (let t = 0; t < length; t++) bank[j * length + t]! += a * cosines[f * length + t]! + b * sines[f * length + t]!;
    }
  }
  return bank;
}
