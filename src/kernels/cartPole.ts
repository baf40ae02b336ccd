/*
 * The cart-pole for the 8 candidates of a chunk over one period, classical Runge–Kutta. With λ = m l and everything
 * divided by it, f = F / λ and q = τ / λ:
 *
 *   f = u / λ − b/λ v − θ̇² sin θ        q = g sin θ − c/λ θ̇
 *   a = (J/λ f + cos θ q) / (D − 1 + sin² θ)    α = (cos θ f + M/λ q) / (D − 1 + sin² θ)    D = M J / λ²
 *
 * The two vectors go side by side, because each alone waits for its own results; the divisor is made of the sine, which is
 * there before the cosine. The first stage has both from the step before.
 */
import { ACTION, COSINE, ROW, SINE, STATE } from '../shared/rollouts/kernels/layout';
import {
  ACTION_GAIN, CART_DAMPING, CART_DRY, CART_STEEP, DETERMINANT_LESS_1, GRAVITY, INERTIA, JOINT_DAMPING, JOINT_DRY, JOINT_STEEP, MASS,
  STAGE_BYTES, STAGE_POSITION, STAGE_RATE, STAGES, STAGES_END, STEP, SUBSTEPS, withDry,
} from './equationsBlock';
import { at, beyondHalfTurns, cosineSoon, halfTurns, madd, nmadd, one, sineSoon } from './lanes';

export function cartPoleSmooth(model: usize): void {
  move(model, false);
}
export function cartPoleDry(model: usize): void {
  move(model, true);
}

/** Moves the states on by a period; `dry` is a constant where this is used. */
@inline function move(model: usize, dry: bool): void {
  const gain = at(model + ACTION_GAIN);
  const actionA = f32x4.mul(gain, v128.load(ACTION)), actionB = f32x4.mul(gain, v128.load(ACTION, 16));
  let xA = v128.load(STATE), xB = v128.load(STATE, 16);
  let vA = v128.load(STATE + ROW), vB = v128.load(STATE + ROW, 16);
  let angleA = v128.load(STATE + 2 * ROW), angleB = v128.load(STATE + 2 * ROW, 16);
  let rateA = v128.load(STATE + 3 * ROW), rateB = v128.load(STATE + 3 * ROW, 16);
  let sineA = v128.load(SINE + 2 * ROW), sineB = v128.load(SINE + 2 * ROW, 16);
  let cosineA = v128.load(COSINE + 2 * ROW), cosineB = v128.load(COSINE + 2 * ROW, 16);
  let substeps = load<i32>(model, SUBSTEPS);
  while (true) {
    const zero = f32x4.splat(0);
    let speedA = vA, speedB = vB, turningA = rateA, turningB = rateB; // of the stage
    let vSumA = zero, vSumB = zero, rateSumA = zero, rateSumB = zero;
    let xSumA = zero, xSumB = zero, angleSumA = zero, angleSumB = zero;
    let stage = model + STAGES;
    while (true) {
      const overA = f32x4.div(one(), madd(sineA, sineA, at(model + DETERMINANT_LESS_1)));
      const overB = f32x4.div(one(), madd(sineB, sineB, at(model + DETERMINANT_LESS_1)));
      const fA = force(model, actionA, speedA, turningA, sineA, dry), fB = force(model, actionB, speedB, turningB, sineB, dry);
      const qA = torque(model, turningA, sineA, dry), qB = torque(model, turningB, sineB, dry);
      const slideA = f32x4.mul(madd(cosineA, qA, f32x4.mul(fA, at(model + INERTIA))), overA);
      const slideB = f32x4.mul(madd(cosineB, qB, f32x4.mul(fB, at(model + INERTIA))), overB);
      const turnA = f32x4.mul(madd(cosineA, fA, f32x4.mul(qA, at(model + MASS))), overA);
      const turnB = f32x4.mul(madd(cosineB, fB, f32x4.mul(qB, at(model + MASS))), overB);
      const share = at(stage + STAGE_RATE), far = at(stage + STAGE_POSITION);
      vSumA = madd(share, slideA, vSumA);
      vSumB = madd(share, slideB, vSumB);
      rateSumA = madd(share, turnA, rateSumA);
      rateSumB = madd(share, turnB, rateSumB);
      xSumA = madd(far, slideA, xSumA);
      xSumB = madd(far, slideB, xSumB);
      angleSumA = madd(far, turnA, angleSumA);
      angleSumB = madd(far, turnB, angleSumB);
      stage += STAGE_BYTES;
      if (stage == model + STAGES_END) break;
      const along = at(stage);
      const thetaA = madd(along, turningA, angleA), thetaB = madd(along, turningB, angleB);
      speedA = madd(along, slideA, vA);
      speedB = madd(along, slideB, vB);
      turningA = madd(along, turnA, rateA);
      turningB = madd(along, turnB, rateB);
      const turnsA = halfTurns(thetaA), turnsB = halfTurns(thetaB);
      const restA = beyondHalfTurns(thetaA, turnsA), restB = beyondHalfTurns(thetaB, turnsB);
      sineA = sineSoon(restA, turnsA);
      sineB = sineSoon(restB, turnsB);
      cosineA = cosineSoon(restA, turnsA);
      cosineB = cosineSoon(restB, turnsB);
    }
    const step = at(model + STEP);
    xA = f32x4.add(xA, madd(step, vA, xSumA));
    xB = f32x4.add(xB, madd(step, vB, xSumB));
    angleA = f32x4.add(angleA, madd(step, rateA, angleSumA));
    angleB = f32x4.add(angleB, madd(step, rateB, angleSumB));
    vA = f32x4.add(vA, vSumA);
    vB = f32x4.add(vB, vSumB);
    rateA = f32x4.add(rateA, rateSumA);
    rateB = f32x4.add(rateB, rateSumB);
    if (--substeps == 0) break;
    const turnsA = halfTurns(angleA), turnsB = halfTurns(angleB);
    const restA = beyondHalfTurns(angleA, turnsA), restB = beyondHalfTurns(angleB, turnsB);
    sineA = sineSoon(restA, turnsA);
    sineB = sineSoon(restB, turnsB);
    cosineA = cosineSoon(restA, turnsA);
    cosineB = cosineSoon(restB, turnsB);
  }
  v128.store(STATE, xA);
  v128.store(STATE, xB, 16);
  v128.store(STATE + ROW, vA);
  v128.store(STATE + ROW, vB, 16);
  v128.store(STATE + 2 * ROW, angleA);
  v128.store(STATE + 2 * ROW, angleB, 16);
  v128.store(STATE + 3 * ROW, rateA);
  v128.store(STATE + 3 * ROW, rateB, 16);
}
@inline function force(model: usize, action: v128, speed: v128, turning: v128, sine: v128, dry: bool): v128 {
  const f = nmadd(f32x4.mul(turning, turning), sine, nmadd(speed, at(model + CART_DAMPING), action));
  return dry ? withDry(model, CART_DRY, CART_STEEP, speed, f) : f;
}
@inline function torque(model: usize, turning: v128, sine: v128, dry: bool): v128 {
  const q = nmadd(turning, at(model + JOINT_DAMPING), f32x4.mul(sine, at(model + GRAVITY)));
  return dry ? withDry(model, JOINT_DRY, JOINT_STEEP, turning, q) : q;
}
