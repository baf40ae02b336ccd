/** One output of a Gaussian process, odd under the mirror that swaps left and right. */
export interface PlainProcess {
  /** [points × 5]: cosine, sine, rate, velocity and action as the model sees them, in the order of `inverseSquares`. */
  readonly points: Float64Array;
  /** [points], K⁻¹ y over the unit of the target. */
  readonly weights: Float64Array;
  /** [inputs], 1 / length scale². */
  readonly inverseSquares: Float64Array;
  /** [inputs], sign of each under the mirror. */
  readonly signs: Float64Array;
  readonly variance: number;
}

/** Mean of one output: two exponentials for each point, its own and that of its mirror image. */
function meanOf({ points, weights, inverseSquares, signs, variance }: PlainProcess, z: Float64Array): number {
  const D = z.length;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    let near = 0;
    let far = 0;
    for (let d = 0; d < D; d++) {
      const p = points[i * D + d]!;
      near += inverseSquares[d]! * (z[d]! - p) * (z[d]! - p);
      far += inverseSquares[d]! * (z[d]! - signs[d]! * p) * (z[d]! - signs[d]! * p);
    }
    sum += weights[i]! * variance * (Math.exp(-0.5 * near) - Math.exp(-0.5 * far));
  }
  return sum;
}

/**
 * Costs of action sequences through a Gaussian process of the cart-pole's two accelerations, in 64-bit loops.
 *
 * @param cart, pole  accelerations of the cart and of the pole; inputs velocity / 2, cosine, sine, rate / 6, action
 * @param actions     [population × horizon], in units of the limit
 */
export function plainProcessCosts(
  [cart, pole]: readonly [PlainProcess, PlainProcess],
  start: Float64Array,
  period: number,
  actions: Float64Array,
  horizon: number,
  costs: Float64Array,
): void {
  const z = new Float64Array(5);
  for (let i = 0; i < costs.length; i++) {
    let [x, v, angle, rate] = start as unknown as [number, number, number, number];
    let cost = 0;
    for (let t = 0; t < horizon; t++) {
      const u = actions[i * horizon + t]!;
      z[0] = v / 2;
      z[1] = Math.cos(angle);
      z[2] = Math.sin(angle);
      z[3] = rate / 6;
      z[4] = u;
      const a = period * meanOf(cart, z);
      const b = period * meanOf(pole, z);
      x += period * (v + 0.5 * a);
      v = Math.max(-12, Math.min(12, v + a));
      angle += period * (rate + 0.5 * b);
      rate = Math.max(-40, Math.min(40, rate + b));
      cost += 1 - Math.cos(angle) + 0.05 * x * x + 0.005 * v * v + 0.01 * rate * rate + 0.001 * u * u;
    }
    costs[i] = cost;
  }
}
