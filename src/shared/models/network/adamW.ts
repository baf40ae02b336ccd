import { eachRun, type NetworkLayout } from './layout';

/** What the optimiser remembers between steps. Travels with the model, so that a warm start goes on where it ended. */
export interface Moments {
  readonly first: Float32Array;
  readonly second: Float32Array;
  /** Steps taken so far. */
  steps: number;
}
export const freshMoments = (size: number): Moments => ({ first: new Float32Array(size), second: new Float32Array(size), steps: 0 });

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/**
 * One step of Adam with decoupled weight decay, in place. The gradient of each member is cut to `norm` on its own, so that
 * one member's surprise does not slow the others.
 *
 * @param gradient  of all members, in the order of the layout
 * Source: Loshchilov & Hutter 2019, algorithm 2, with the decay scaled by the rate.
 */
export function adamW(
  layout: NetworkLayout,
  parameters: Float32Array,
  gradient: Float32Array,
  moments: Moments,
  rate: number,
  decay: number,
  norm: number,
): void {
  moments.steps++;
  const { first: correction1, second: correction2 } = corrections(moments.steps);
  const { first, second } = moments;
  for (let member = 0; member < layout.members; member++) {
    let squares = 0;
    eachRun(layout, member, (from, to) => {
      for (let i = from; i < to; i++) squares += gradient[i] * gradient[i];
    });
    const length = Math.sqrt(squares);
    const scale = length > norm ? norm / length : 1;
    eachRun(layout, member, (from, to) => {
      for (let i = from; i < to; i++) {
        const g = gradient[i] * scale;
        const m = (first[i] = BETA1 * first[i] + (1 - BETA1) * g);
        const v = (second[i] = BETA2 * second[i] + (1 - BETA2) * g * g);
        parameters[i] -= rate * ((m * correction1) / (Math.sqrt(v * correction2) + EPSILON) + decay * parameters[i]);
      }
    });
  }
}

/** What the moments are multiplied by after so many steps, because they began at 0. */
export const corrections = (steps: number) => ({ first: 1 / (1 - power(BETA1, steps)), second: 1 / (1 - power(BETA2, steps)) });

/** base^exponent for a whole exponent, by squaring. */
function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, left = exponent; left > 0; left = Math.floor(left / 2), square *= square) if (left % 2 === 1) result *= square;
  return result;
}
