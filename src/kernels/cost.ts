/*
 * The task's cost from its list of terms: a distance each, a shape each. What is not finite in a state makes the cost NaN
 * or Infinity, never a small number.
 */
import {
  ACTION, ACTION_BEFORE, COSINE, COST, MEASURE_ACTION, MEASURE_ACTION_CHANGE, MEASURE_ANGLE, MEASURE_CHANNEL, MEASURE_COSINE, ROW,
  SHAPE_HINGE, SHAPE_ONE_MINUS_COSINE, SHAPE_SATURATING, SHAPE_SQUARE, SINE, STATE, TERM_BYTES, TERM_CAP, TERM_CHANNEL, TERM_COSINE,
  TERM_FACTOR, TERM_LINEAR, TERM_MEASURE, TERM_SHAPE, TERM_SINE, TERM_TABLE, TERM_TARGET, TERM_WEIGHT, TERM_WIDTH, TERMS, TIP_ANGLE,
  TIP_LENGTH, TIP_PLACE,
} from '../shared/rollouts/kernels/layout';
import { at, clamp, exp2, madd, one, sineCosine, wrap } from './lanes';

/** Adds the cost of the stage after a step; the terms of the state count several times at the last one. */
export function stage(isFinal: bool): void {
  const terms = load<i32>(TERMS);
  for (let t = 0; t < terms; t++) {
    const term: usize = TERM_TABLE + t * TERM_BYTES;
    addTerm(term, isFinal, 0);
    addTerm(term, isFinal, 16);
  }
}
@inline function addTerm(term: usize, isFinal: bool, half: usize): void {
  const measure = load<i32>(term, TERM_MEASURE);
  const channel: usize = load<usize>(term, TERM_CHANNEL) * ROW + half;
  const target = v128.load32_splat(term, TERM_TARGET);
  const before = v128.load(COST + half);
  const factor = isFinal ? v128.load32_splat(term, TERM_FACTOR) : one();
  let weight = v128.load32_splat(term, TERM_WEIGHT);
  let d: v128;
  if (measure == MEASURE_CHANNEL) d = f32x4.sub(v128.load(STATE + channel), target);
  else if (measure == MEASURE_COSINE) {
    // 1 − cos(θ − target) from the cosine and the sine that are there
    let cosine = f32x4.mul(v128.load(COSINE + channel), v128.load32_splat(term, TERM_COSINE));
    cosine = madd(v128.load(SINE + channel), v128.load32_splat(term, TERM_SINE), cosine);
    v128.store(COST + half, madd(f32x4.mul(weight, factor), f32x4.sub(one(), cosine), before));
    return;
  } else if (measure == MEASURE_ANGLE) d = wrap(f32x4.sub(v128.load(STATE + channel), target));
  else if (measure == MEASURE_ACTION) d = f32x4.sub(f32x4.mul(v128.load(ACTION + half), v128.load32_splat(term, TERM_COSINE)), target);
  else if (measure == MEASURE_ACTION_CHANGE)
    d = f32x4.sub(f32x4.mul(f32x4.sub(v128.load(ACTION + half), v128.load(ACTION_BEFORE + half)), v128.load32_splat(term, TERM_COSINE)), target);
  else d = tipDistance(target, half);

  const shape = load<i32>(term, TERM_SHAPE);
  weight = f32x4.mul(weight, factor);
  if (shape == SHAPE_SQUARE) {
    v128.store(COST + half, madd(f32x4.mul(weight, d), d, before));
  } else if (shape == SHAPE_ONE_MINUS_COSINE) {
    sineCosine(d, SCRATCH, SCRATCH + 16);
    v128.store(COST + half, madd(weight, f32x4.sub(one(), v128.load(SCRATCH, 16)), before));
  } else if (shape == SHAPE_SATURATING) {
    // the exponent of 2 is held above −126; an infinite distance is NaN, not a saturated cost
    const y = f32x4.mul(f32x4.mul(d, d), v128.load32_splat(term, TERM_WIDTH));
    const fallen = exp2(clamp(y, f32x4.splat(-126), f32x4.splat(0)));
    v128.store(COST + half, f32x4.add(madd(weight, f32x4.sub(one(), fallen), before), f32x4.mul(d, f32x4.splat(0))));
  } else {
    const excess = f32x4.max(f32x4.sub(f32x4.abs(d), v128.load32_splat(term, TERM_WIDTH)), f32x4.splat(0));
    const slope = madd(v128.load32_splat(term, TERM_WEIGHT), excess, v128.load32_splat(term, TERM_LINEAR));
    const held = f32x4.pmin(f32x4.mul(slope, excess), v128.load32_splat(term, TERM_CAP));
    v128.store(COST + half, f32x4.add(madd(factor, held, before), f32x4.mul(d, f32x4.splat(0))));
  }
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
