/** Of the cart-pole of W3: kg, m (half the pole), m/s². */
const CART = 1;
const POLE = 0.1;
const HALF = 0.5;
const GRAVITY = 9.81;
const MASS = CART + POLE;
const LEVER = POLE * HALF;

/** Accelerations of cart and pole, to `out`. θ = 0 upright, counter-clockwise positive. */
function accelerations(angle: number, rate: number, force: number, out: Float64Array): void {
  const sine = Math.sin(angle);
  const cosine = Math.cos(angle);
  const pushed = (force - LEVER * rate * rate * sine) / MASS;
  const turning = (GRAVITY * sine + pushed * cosine) / (HALF * (4 / 3 - (POLE * cosine * cosine) / MASS));
  out[0] = pushed + (LEVER * turning * cosine) / MASS;
  out[1] = turning;
}

/**
 * Costs of action sequences through the equations of a frictionless cart-pole, Runge-Kutta of fourth order, in 64-bit loops.
 * @param actions  [population × horizon], in units of 10 N
 */
export function plainEquationCosts(start: Float64Array, period: number, actions: Float64Array, horizon: number, costs: Float64Array): void {
  const [k1, k2, k3, k4] = [0, 0, 0, 0].map(() => new Float64Array(2)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const half = period / 2;
  const sixth = period / 6;
  for (let i = 0; i < costs.length; i++) {
    let [x, v, angle, rate] = start as unknown as [number, number, number, number];
    let cost = 0;
    for (let t = 0; t < horizon; t++) {
      const u = actions[i * horizon + t]!;
      const force = 10 * u;
      accelerations(angle, rate, force, k1);
      const v2 = v + half * k1[0]!;
      const rate2 = rate + half * k1[1]!;
      accelerations(angle + half * rate, rate2, force, k2);
      const v3 = v + half * k2[0]!;
      const rate3 = rate + half * k2[1]!;
      accelerations(angle + half * rate2, rate3, force, k3);
      const v4 = v + period * k3[0]!;
      const rate4 = rate + period * k3[1]!;
      accelerations(angle + period * rate3, rate4, force, k4);
      x += sixth * (v + 2 * v2 + 2 * v3 + v4);
      angle += sixth * (rate + 2 * rate2 + 2 * rate3 + rate4);
      v += sixth * (k1[0]! + 2 * k2[0]! + 2 * k3[0]! + k4[0]!);
      rate += sixth * (k1[1]! + 2 * k2[1]! + 2 * k3[1]! + k4[1]!);
      cost += 1 - Math.cos(angle) + 0.05 * x * x + 0.005 * v * v + 0.01 * rate * rate + 0.001 * u * u;
    }
    costs[i] = cost;
  }
}
