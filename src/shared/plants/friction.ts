import { exp } from '../math/elementary';

/** Speeds at which smoothed dry friction has reached 76 % of its value: below, a bearing creeps instead of sticking. */
export const SLIDING_SPEED = 0.01; // m/s
export const TURNING_SPEED = 0.02; // rad/s

/**
 * Dry (Coulomb) friction, smoothed so that it can be integrated: −magnitude · tanh(speed / smooth).
 *
 * @param magnitude  N or N m
 * @param speed      m/s or rad/s
 * @param smooth     speed at which it has reached tanh(1) of its value, > 0
 * @returns          force or torque against the motion; exactly odd in the speed
 */
export function dryFriction(magnitude: number, speed: number, smooth: number): number {
  if (magnitude === 0) return 0;
  const ratio = Math.abs(speed) / smooth;
  const tanh = ratio > 20 ? 1 : 1 - 2 / (exp(2 * ratio) + 1); // 1 − tanh(20) is below the resolution of a double
  return speed > 0 ? -magnitude * tanh : magnitude * tanh;
}
