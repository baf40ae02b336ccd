import { cos, exp, log, sin } from '../math/elementary';
import { streamKey, uniform } from '../math/random';

/**
 * Periods longer than twice so many steps are no stronger than these: a plan over a whole episode needs pushes as long
 * as those of a short one, not one push as long as the episode. Horizons up to it are not touched.
 */
const LONGEST_PUSH = 30;

/** The last bank that was made: the search of the next episode, or of settings that changed, mostly wants it again. */
let last: { readonly of: string; readonly bank: Float64Array } | undefined;

/**
 * A bank of coloured-noise sequences of unit variance: power falls with frequency as f^−exponent over the horizon, so
 * that samples push and hold as a swing-up needs, instead of cancelling themselves from step to step. Drawing from a
 * bank costs one integer; the bank depends on the seed alone.
 *
 * @param length    steps of a sequence
 * @param exponent  0 white, 1 pink, 2 red (Brown)
 * @returns         [size × length], to be read only: who asks for the same again gets the same array
 * Source: Pinneri et al. 2020 (iCEM), section 3.1; here cosines and sines with periods up to twice the horizon, so
 * that a sequence does not have to end where it began.
 */
export function colouredNoiseBank(size: number, length: number, exponent: number, seed: number): Float64Array {
  const of = `${size} ${length} ${exponent} ${seed}`;
  if (last?.of !== of) last = { of, bank: filledBank(size, length, exponent, seed) };
  return last.bank;
}

function filledBank(size: number, length: number, exponent: number, seed: number): Float64Array {
  const bank = new Float64Array(size * length);
  const amplitudes = new Float64Array(length);
  let power = 0;
  for (let f = 1; f <= length; f++) {
    amplitudes[f - 1] = exp((-exponent / 2) * log(Math.max(f, length / LONGEST_PUSH)));
    power += amplitudes[f - 1]! * amplitudes[f - 1]!;
  }
  const scale = 1 / Math.sqrt(power);
  // of the waves f = 1 … length
  const cosines = new Float64Array(length * length);
  const sines = new Float64Array(length * length);
  for (let f = 1; f <= length; f++)
    for (let t = 0; t < length; t++) {
      const angle = (3.141592653589793 * f * t) / length;
      cosines[(f - 1) * length + t] = cos(angle);
      sines[(f - 1) * length + t] = sin(angle);
    }
  const a = new Float64Array(length);
  const b = new Float64Array(length);
  for (let j = 0; j < size; j++) {
    drawAmplitudes(streamKey(seed, 0x62616e6b, j, 0), amplitudes, scale, a, b); // 'bank'
    let f = 0;
    for (; f + 1 < length; f += 2) addTwoWaves(bank, j * length, cosines, sines, f, a, b);
    if (f < length) addWave(bank, j * length, cosines, sines, f, a, b);
  }
  return bank;
}

// Small functions, which the engine compiles for good within the first rows: a bank is made when somebody waits for it.

/** Normal amplitudes of the cosines, a [length], and of the sines, b [length]. */
function drawAmplitudes(key: number, amplitudes: Float64Array, scale: number, a: Float64Array, b: Float64Array): void {
  for (let f = 0; f < amplitudes.length; f++) {
    const radius = Math.sqrt(-2 * log(uniform(key, 2 * f)));
    const turn = 6.283185307179586 * uniform(key, 2 * f + 1);
    a[f] = amplitudes[f]! * (radius * cos(turn)) * scale;
    b[f] = amplitudes[f]! * (radius * sin(turn)) * scale;
  }
}
/** Adds waves f and f + 1 to the sequence that begins at `at`, one after the other: the order of a sum is part of its bits. */
function addTwoWaves(
  bank: Float64Array,
  at: number,
  cosines: Float64Array,
  sines: Float64Array,
  f: number,
  a: Float64Array,
  b: Float64Array,
): void {
  const length = a.length;
  const a1 = a[f]!;
  const b1 = b[f]!;
  const a2 = a[f + 1]!;
  const b2 = b[f + 1]!;
  for (let t = 0; t < length; t++) {
    const i = f * length + t;
    bank[at + t] = bank[at + t]! + (a1 * cosines[i]! + b1 * sines[i]!) + (a2 * cosines[i + length]! + b2 * sines[i + length]!);
  }
}
function addWave(
  bank: Float64Array,
  at: number,
  cosines: Float64Array,
  sines: Float64Array,
  f: number,
  a: Float64Array,
  b: Float64Array,
): void {
  const length = a.length;
  for (let t = 0; t < length; t++) bank[at + t]! += a[f]! * cosines[f * length + t]! + b[f]! * sines[f * length + t]!;
}
