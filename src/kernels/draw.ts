/*
 * Draws the candidates of a chunk into its rows of actions: sequences of a noise bank around a mean, held within the limit.
 * In 64 bits and in the same order as shared/rollouts/drawing.ts, so that planner and kernel have the same numbers.
 */
import {
  ACTIONS, DRAW_BANK, DRAW_FAMILY, DRAW_LIMIT, DRAW_MEAN, DRAW_SPREAD, FIRST_CANDIDATE, HORIZON, ROW,
} from '../shared/rollouts/kernels/layout';
import { at, GOLDEN } from './lanes';
import { mix } from './noise';

/** Scratch: the random words of the 8 candidates, which name their sequences and say which way up. */
const WORDS: usize = 5024;
const WAYS: usize = 5056;
/** Sequences of the bank, less 1. */
const SEQUENCES: i32 = 4095;

export function draw(): void {
  const horizon = load<i32>(HORIZON);
  const golden = at(GOLDEN);
  const first = i32x4.splat(load<i32>(FIRST_CANDIDATE));
  for (let half: usize = 0; half < 32; half += 16) {
    const lanes = i32x4.add(first, half == 0 ? i32x4(0, 1, 2, 3) : i32x4(4, 5, 6, 7));
    const key = mix(i32x4.add(i32x4.add(at(DRAW_FAMILY), i32x4.mul(lanes, i32x4.splat(0xc2b2ae3d))), golden));
    const second = i32x4.add(i32x4.add(key, golden), golden);
    v128.store(WORDS + half, v128.and(mix(i32x4.add(key, golden)), i32x4.splat(SEQUENCES)));
    v128.store(WAYS + half, mix(second));
  }
  const bank = load<usize>(DRAW_BANK);
  const bytes: usize = horizon * 8;
  const a = bank + load<usize>(WORDS) * bytes, b = bank + load<usize>(WORDS, 4) * bytes;
  const c = bank + load<usize>(WORDS, 8) * bytes, d = bank + load<usize>(WORDS, 12) * bytes;
  const e = bank + load<usize>(WORDS, 16) * bytes, f = bank + load<usize>(WORDS, 20) * bytes;
  const g = bank + load<usize>(WORDS, 24) * bytes, h = bank + load<usize>(WORDS, 28) * bytes;
  const ab = signs(0), cd = signs(8), ef = signs(16), gh = signs(24);
  const mean = load<usize>(DRAW_MEAN), spread = load<usize>(DRAW_SPREAD);
  let row = load<usize>(ACTIONS);
  for (let t: usize = 0; t < bytes; t += 8) {
    const m = v128.load64_splat(mean + t), s = v128.load64_splat(spread + t);
    v128.store(row, pair(action(m, s, ab, a + t, b + t), action(m, s, cd, c + t, d + t)));
    v128.store(row, pair(action(m, s, ef, e + t, f + t), action(m, s, gh, g + t, h + t)), 16);
    row += ROW;
  }
}
/** The signs of two candidates: −1 for a word whose highest bit is 0. */
@inline function signs(word: usize): v128 {
  return f64x2(load<i32>(WAYS + word) < 0 ? 1 : -1, load<i32>(WAYS + word, 4) < 0 ? 1 : -1);
}
/** Two candidates' actions of a step. */
@inline function action(mean: v128, spread: v128, sign: v128, one: usize, other: usize): v128 {
  const noise = v128.load64_lane(other, v128.load64_zero(one), 1);
  const share = f64x2.add(mean, f64x2.mul(f64x2.mul(sign, spread), noise));
  return f64x2.mul(v128.load64_splat(DRAW_LIMIT), f64x2.pmax(f64x2.pmin(share, f64x2.splat(1)), f64x2.splat(-1)));
}
/** Four 32-bit numbers from two times two of 64 bits. */
@inline function pair(a: v128, b: v128): v128 {
  return i64x2.shuffle(f32x4.demote_f64x2_zero(a), f32x4.demote_f64x2_zero(b), 0, 2);
}
