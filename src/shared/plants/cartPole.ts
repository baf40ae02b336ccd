import { cos, sin } from '../math/elementary';
import { real } from '../settings';
import { dryFriction, SLIDING_SPEED, TURNING_SPEED } from './friction';
import { definePlant } from './plant';

/**
 * A cart on a track, driven by a force, with a uniform rod hinged to it.
 * State: position, velocity, angle, rate. θ = 0 upright, counter-clockwise positive, so the rod's end is at
 * (x − L sin θ, L cos θ) and pushing the cart to the right from upright makes θ grow.
 *
 *   (M + m) a − m l α cos θ = F − b v − d tanh(v / 0.01 m/s) − m l θ̇² sin θ
 *   J α − m l a cos θ       = m g l sin θ − c θ̇ − e tanh(θ̇ / 0.02 rad/s)
 *
 * with l = L / 2 to the centre of mass and J = 4/3 m l² about the hinge. The defaults are the setup `light`.
 */
export const cartPole = definePlant({
  label: 'Cart-pole',
  source: 'Lagrange; with the setup `pilco` equal to the plant of Deisenroth & Rasmussen 2011 (PILCO).',
  channels: [
    { id: 'position', label: 'Cart position', symbol: 'x', unit: 'm', scale: 2, bound: Infinity, mirrorSign: -1 },
    { id: 'velocity', label: 'Cart velocity', symbol: 'ẋ', unit: 'm/s', scale: 2, bound: 12, mirrorSign: -1 },
    { id: 'angle', label: 'Pole angle', symbol: 'θ', unit: 'rad', wraps: true, scale: Math.PI, bound: Infinity, mirrorSign: -1 },
    { id: 'rate', label: 'Pole angular velocity', symbol: 'θ̇', unit: 'rad/s', scale: 6, bound: 40, mirrorSign: -1 },
  ],
  action: { id: 'action', label: 'Force', symbol: 'F', unit: 'N' },
  structure: {
    coordinates: [
      { position: 0, rate: 1 },
      { position: 2, rate: 3 },
    ],
    placeFree: [0],
    mirror: true,
  },
  parameters: ['cartMass', 'poleMass', 'poleLength', 'cartViscous', 'cartCoulomb', 'jointViscous', 'jointCoulomb'],
  settings: {
    cartMass: real({
      label: 'Cart mass',
      meaning: 'Everything that moves along the track without turning, the motor’s share included.',
      unit: 'kg',
      default: 1,
      min: 0.001,
      max: 1000,
      step: 0.05,
      scale: 'log',
      applies: 'nextEpisode',
    }),
    poleMass: real({
      label: 'Pole mass',
      meaning: 'Mass of the uniform rod.',
      unit: 'kg',
      default: 0.1,
      min: 0.001,
      max: 100,
      step: 0.01,
      scale: 'log',
      applies: 'nextEpisode',
    }),
    poleLength: real({
      label: 'Pole length',
      meaning: 'Whole length of the rod, from the hinge to its end.',
      unit: 'm',
      default: 1,
      min: 0.01,
      max: 10,
      step: 0.05,
      scale: 'log',
      applies: 'nextEpisode',
    }),
    cartViscous: real({
      label: 'Cart damping',
      meaning: 'Force against the cart’s motion for each m/s.',
      unit: 'N s/m',
      default: 0.1,
      min: 0,
      max: 100,
      step: 0.05,
      applies: 'nextEpisode',
    }),
    cartCoulomb: real({
      label: 'Cart dry friction',
      meaning: 'Force against the cart’s motion whatever its speed.',
      unit: 'N',
      default: 0,
      min: 0,
      max: 100,
      step: 0.1,
      applies: 'nextEpisode',
    }),
    jointViscous: real({
      label: 'Pole damping',
      meaning: 'Torque against the pole’s motion for each rad/s.',
      unit: 'N m s',
      default: 0.001,
      min: 0,
      max: 10,
      step: 0.001,
      applies: 'nextEpisode',
    }),
    jointCoulomb: real({
      label: 'Pole dry friction',
      meaning: 'Torque against the pole’s motion whatever its speed.',
      unit: 'N m',
      default: 0,
      min: 0,
      max: 10,
      step: 0.001,
      applies: 'nextEpisode',
    }),
    gravity: real({
      label: 'Gravity',
      meaning: 'Acceleration of free fall.',
      unit: 'm/s²',
      default: 9.81,
      min: 0,
      max: 30,
      step: 0.01,
      applies: 'nextEpisode',
      expert: true,
    }),
    trackLimit: real({
      label: 'Track limit',
      meaning: 'Farthest the cart may go from the middle, either way; beyond it the episode ends.',
      unit: 'm',
      default: 2.4,
      min: 0.05,
      max: 100,
      step: 0.1,
      applies: 'nextEpisode',
    }),
    actionLimit: real({
      label: 'Force limit',
      meaning: 'Largest force of the drive, either way.',
      unit: 'N',
      default: 10,
      min: 0.01,
      max: 10000,
      step: 0.5,
      scale: 'log',
      applies: 'nextEpisode',
    }),
  },
  hanging: () => Float64Array.of(0, 0, Math.PI, 0),

  create({ cartMass, poleMass, poleLength, cartViscous, cartCoulomb, jointViscous, jointCoulomb, gravity, trackLimit, actionLimit }) {
    const half = poleLength / 2;
    const mass = cartMass + poleMass;
    const lever = poleMass * half;
    const inertia = (4 / 3) * lever * half;

    /** Mass matrix inverse: accelerations from the generalised force on the cart (N) and torque on the pole (N m), added to `out`. */
    const accelerate = (cosine: number, force: number, torque: number, out: Float64Array) => {
      const coupling = lever * cosine;
      const determinant = mass * inertia - coupling * coupling;
      out[1] += (inertia * force + coupling * torque) / determinant;
      out[3] += (coupling * force + mass * torque) / determinant;
    };
    return {
      size: 4,
      actionLimit,
      stateLimits: [
        [-trackLimit, trackLimit],
        [-Infinity, Infinity],
        [-Infinity, Infinity],
        [-Infinity, Infinity],
      ],
      derivative(state, action, out) {
        const velocity = state[1];
        const rate = state[3];
        const sine = sin(state[2]);
        const force = action - cartViscous * velocity + dryFriction(cartCoulomb, velocity, SLIDING_SPEED) - lever * rate * rate * sine;
        const torque = lever * gravity * sine - jointViscous * rate + dryFriction(jointCoulomb, rate, TURNING_SPEED);
        out[0] = velocity;
        out[1] = 0;
        out[2] = rate;
        out[3] = 0;
        accelerate(cos(state[2]), force, torque, out);
      },
      addPush(state, force, torque, out) {
        accelerate(cos(state[2]), force, torque, out);
      },
      energy(state) {
        const [, velocity, angle, rate] = state;
        const kinetic = 0.5 * mass * velocity * velocity - lever * velocity * rate * cos(angle) + 0.5 * inertia * rate * rate;
        return kinetic + lever * gravity * cos(angle);
      },
      tip(state, offset, out, at) {
        out[at] = state[offset] - poleLength * sin(state[offset + 2]);
        out[at + 1] = poleLength * cos(state[offset + 2]);
      },
      bodies(state) {
        const x = state[0];
        const x1 = x - poleLength * sin(state[2]);
        const y1 = poleLength * cos(state[2]);
        return [
          { kind: 'rail', from: -trackLimit, to: trackLimit },
          { kind: 'cart', x, width: 0.36, height: 0.2 },
          { kind: 'rod', x0: x, y0: 0, x1, y1, bob: false },
          { kind: 'pivot', x, y: 0 },
        ];
      },
    };
  },
});
