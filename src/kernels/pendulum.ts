/*
 * The pendulum for the 8 candidates of a chunk over one period, classical Runge–Kutta, everything divided by J:
 *
 *   α = m g l/J sin θ + u/J − b/J θ̇
 *
 * The two vectors go side by side, because each alone waits for its own results.
 */
import { ACTION, ROW, STATE } from '../shared/rollouts/kernels/layout';
import {
  ACTION_GAIN, GRAVITY, JOINT_DAMPING, JOINT_DRY, JOINT_STEEP, STAGE_BYTES, STAGE_POSITION, STAGE_RATE, STAGES, STAGES_END, STEP,
  SUBSTEPS, withDry,
} from './equationsBlock';
import { at, beyondHalfTurns, halfTurns, madd, nmadd, sineOf } from './lanes';

export function pendulumSmooth(model: usize): void {
  move(model, false);
}
export function pendulumDry(model: usize): void {
  move(model, true);
}

/** Moves the states on by a period; `dry` is a constant where this is used. */
@inline function move(model: usize, dry: bool): void {
  const gain = at(model + ACTION_GAIN);
  const actionA = f32x4.mul(gain, v128.load(ACTION)), actionB = f32x4.mul(gain, v128.load(ACTION, 16));
  let angleA = v128.load(STATE), angleB = v128.load(STATE, 16);
  let rateA = v128.load(STATE + ROW), rateB = v128.load(STATE + ROW, 16);
  let substeps = load<i32>(model, SUBSTEPS);
  do {
    const zero = f32x4.splat(0);
    let turningA = rateA, turningB = rateB; // of the stage
    let turnA = zero, turnB = zero; // accelerations of the stage
    let rateSumA = zero, rateSumB = zero, angleSumA = zero, angleSumB = zero;
    let stage = model + STAGES;
    do {
      const along = at(stage), share = at(stage + STAGE_RATE), far = at(stage + STAGE_POSITION);
      const thetaA = madd(along, turningA, angleA), thetaB = madd(along, turningB, angleB);
      turningA = madd(along, turnA, rateA);
      turningB = madd(along, turnB, rateB);
      turnA = acceleration(model, actionA, thetaA, turningA, dry);
      turnB = acceleration(model, actionB, thetaB, turningB, dry);
      rateSumA = madd(share, turnA, rateSumA);
      rateSumB = madd(share, turnB, rateSumB);
      angleSumA = madd(far, turnA, angleSumA);
      angleSumB = madd(far, turnB, angleSumB);
      stage += STAGE_BYTES;
    } while (stage < model + STAGES_END);
    const step = at(model + STEP);
    angleA = f32x4.add(angleA, madd(step, rateA, angleSumA));
    angleB = f32x4.add(angleB, madd(step, rateB, angleSumB));
    rateA = f32x4.add(rateA, rateSumA);
    rateB = f32x4.add(rateB, rateSumB);
  } while (--substeps);
  v128.store(STATE, angleA);
  v128.store(STATE, angleB, 16);
  v128.store(STATE + ROW, rateA);
  v128.store(STATE + ROW, rateB, 16);
}
@inline function acceleration(model: usize, action: v128, theta: v128, turning: v128, dry: bool): v128 {
  const turns = halfTurns(theta);
  const sine = sineOf(beyondHalfTurns(theta, turns), turns);
  const sum = madd(sine, at(model + GRAVITY), nmadd(turning, at(model + JOINT_DAMPING), action));
  return dry ? withDry(model, JOINT_DRY, JOINT_STEEP, turning, sum) : sum;
}
