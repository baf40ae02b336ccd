/* The model's block of the equations of motion, bytes; the host (shared/rollouts/kernels/equations.ts) has the same places. */
import { madd, tanh } from './lanes';

export const PLANT: usize = 0;
export const SUBSTEPS: usize = 4;
export const DRY: usize = 8;
export const ACTION_GAIN: usize = 16;
export const CART_DAMPING: usize = 20;
export const JOINT_DAMPING: usize = 24;
export const GRAVITY: usize = 28;
export const CART_DRY: usize = 32;
export const JOINT_DRY: usize = 36;
export const CART_STEEP: usize = 40;
export const JOINT_STEEP: usize = 44;
export const INERTIA: usize = 48;
export const MASS: usize = 52;
export const DETERMINANT_LESS_1: usize = 56;
export const STEP: usize = 60;
/**
 * The four stages of a step h, 16 bytes each: seconds from the beginning (0, h/2, h/2, h) along the stage before; share
 * of the rate (1, 2, 2, 1) h/6 and of the position (1, 1, 1, 0) h²/6. A position whose rate is a channel too needs no
 * sum of its own: its four slopes are the rate and what the accelerations added to it.
 */
export const STAGES: usize = 64;
export const STAGE_RATE: usize = 4;
export const STAGE_POSITION: usize = 8;
export const STAGE_BYTES: usize = 16;
export const STAGES_END: usize = 128;

/** Smoothed dry friction, added to `sum`; its factor is negative in the block. */
@inline export function withDry(model: usize, magnitude: usize, steep: usize, speed: v128, sum: v128): v128 {
  const ratio = f32x4.mul(speed, v128.load32_splat(model + steep));
  return madd(v128.load32_splat(model + magnitude), tanh(ratio), sum);
}
