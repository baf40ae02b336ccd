/*
 * The task's cost from its list of terms: a distance each, a shape each. What is not finite in a state makes the cost NaN
 * or Infinity, never a small number.
 */
import {
  ACTION, ACTION_BEFORE, COSINE, COST, FORM_COSINE, FORM_SQUARE, MEASURE_ACTION_CHANGE, MEASURE_ANGLE, MEASURE_ROW, ROW,
  SHAPE_ONE_MINUS_COSINE, SHAPE_SATURATING, SHAPE_SQUARE, SINE, STATE, TERM_BYTES, TERM_CAP, TERM_COSINE, TERM_FACTOR, TERM_FORM,
  TERM_LINEAR, TERM_MEASURE, TERM_ROW, TERM_SHAPE, TERM_SINE, TERM_TABLE, TERM_TARGET, TERM_WEIGHT, TERM_WIDTH, TERMS, TIP_ANGLE,
  TIP_LENGTH, TIP_PLACE,
} from '../shared/rollouts/kernels/layout';
import { at, clamp, exp2, madd, one, sineCosine, wrap } from './lanes';

/** Adds the cost of the stage after a step; the terms of the state count several times at the last one. */
export function stage(isFinal: bool): void {
  const end: usize = TERM_TABLE + load<i32>(TERMS) * TERM_BYTES;
  let a = v128.load(COST), b = v128.load(COST, 16);
  for (let term: usize = TERM_TABLE; term < end; term += TERM_BYTES) {
    const form = load<i32>(term, TERM_FORM);
    const row = load<usize>(term, TERM_ROW);
    let weight = v128.load32_splat(term, TERM_WEIGHT);
    if (isFinal) weight = f32x4.mul(weight, v128.load32_splat(term, TERM_FACTOR));
    if (form == FORM_SQUARE) {
      // of a channel or of the action: what nearly every task has most of
      const gain = v128.load32_splat(term, TERM_COSINE), target = v128.load32_splat(term, TERM_TARGET);
      const d = f32x4.sub(f32x4.mul(v128.load(row), gain), target);
      const e = f32x4.sub(f32x4.mul(v128.load(row, 16), gain), target);
      a = madd(f32x4.mul(weight, d), d, a);
      b = madd(f32x4.mul(weight, e), e, b);
    } else if (form == FORM_COSINE) {
      // 1 − cos(θ − target) from the cosine and the sine that are there
      const cosine = v128.load32_splat(term, TERM_COSINE), sine = v128.load32_splat(term, TERM_SINE);
      const c = madd(v128.load(row + SINE_BEYOND), sine, f32x4.mul(v128.load(row), cosine));
      const d = madd(v128.load(row + SINE_BEYOND, 16), sine, f32x4.mul(v128.load(row, 16), cosine));
      a = madd(weight, f32x4.sub(one(), c), a);
      b = madd(weight, f32x4.sub(one(), d), b);
    } else {
      a = withTerm(term, weight, isFinal, 0, a);
      b = withTerm(term, weight, isFinal, 16, b);
    }
  }
  v128.store(COST, a);
  v128.store(COST, b, 16);
}
/** Sines stand so many bytes beyond the cosines. */
const SINE_BEYOND: usize = SINE - COSINE;

function withTerm(term: usize, weight: v128, isFinal: bool, half: usize, before: v128): v128 {
  const measure = load<i32>(term, TERM_MEASURE);
  const row = load<usize>(term, TERM_ROW) + half;
  const target = v128.load32_splat(term, TERM_TARGET);
  let d: v128;
  if (measure == MEASURE_ROW) d = f32x4.sub(f32x4.mul(v128.load(row), v128.load32_splat(term, TERM_COSINE)), target);
  else if (measure == MEASURE_ANGLE) d = wrap(f32x4.sub(v128.load(row), target));
  else if (measure == MEASURE_ACTION_CHANGE)
    d = f32x4.sub(f32x4.mul(f32x4.sub(v128.load(ACTION + half), v128.load(ACTION_BEFORE + half)), v128.load32_splat(term, TERM_COSINE)), target);
  else d = tipDistance(target, half);

  const shape = load<i32>(term, TERM_SHAPE);
  if (shape == SHAPE_SQUARE) return madd(f32x4.mul(weight, d), d, before);
  if (shape == SHAPE_ONE_MINUS_COSINE) {
    sineCosine(d, SCRATCH, SCRATCH + 16);
    return madd(weight, f32x4.sub(one(), v128.load(SCRATCH, 16)), before);
  }
  if (shape == SHAPE_SATURATING) {
    // the exponent of 2 is held above −126; an infinite distance is NaN, not a saturated cost
    const y = f32x4.mul(f32x4.mul(d, d), v128.load32_splat(term, TERM_WIDTH));
    const fallen = exp2(clamp(y, f32x4.splat(-126), f32x4.splat(0)));
    return f32x4.add(madd(weight, f32x4.sub(one(), fallen), before), f32x4.mul(d, f32x4.splat(0)));
  }
  const excess = f32x4.max(f32x4.sub(f32x4.abs(d), v128.load32_splat(term, TERM_WIDTH)), f32x4.splat(0));
  const slope = madd(v128.load32_splat(term, TERM_WEIGHT), excess, v128.load32_splat(term, TERM_LINEAR));
  const held = f32x4.pmin(f32x4.mul(slope, excess), v128.load32_splat(term, TERM_CAP));
  const factor = isFinal ? v128.load32_splat(term, TERM_FACTOR) : one();
  return f32x4.add(madd(factor, held, before), f32x4.mul(d, f32x4.splat(0)));
}
/** Two vectors of scratch for functions that answer twice. */
const SCRATCH: usize = 5024;

/** Distance of the tip from where it is with everything upright and the hinge at `place`, m. */
@inline function tipDistance(place: v128, half: usize): v128 {
  const angle: usize = load<usize>(TIP_ANGLE) * ROW + half;
  const hinge = load<i32>(TIP_PLACE);
  const length = at(TIP_LENGTH);
  let dx = f32x4.neg(f32x4.mul(length, v128.load(SINE + angle)));
  if (hinge >= 0) dx = f32x4.add(dx, f32x4.sub(v128.load(STATE + hinge * ROW + half), place));
  const dy = f32x4.mul(length, f32x4.sub(v128.load(COSINE + angle), one()));
  return f32x4.sqrt(madd(dx, dx, f32x4.mul(dy, dy)));
}
