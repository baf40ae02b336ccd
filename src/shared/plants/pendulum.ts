import { cos, sin } from '../math/elementary';
import { real } from '../settings';
import { dryFriction, TURNING_SPEED } from './friction';
import { definePlant } from './plant';

/**
 * A point mass on a massless rod, turned by a motor too weak to lift it in one go.
 * State: angle, rate. θ = 0 upright, counter-clockwise positive.
 *
 *   J θ̈ = m g l sin θ + τ − b θ̇ − c tanh(θ̇ / 0.02 rad/s),   J = m l²
 */
export const pendulum = definePlant({
  label: 'Pendulum',
  source: 'RealAIGym simple pendulum (Wiebe et al. 2022); dry friction smoothed here.',
  channels: [
    { id: 'angle', label: 'Angle', symbol: 'θ', unit: 'rad', wraps: true, scale: Math.PI, bound: Infinity, mirrorSign: -1 },
    { id: 'rate', label: 'Angular velocity', symbol: 'θ̇', unit: 'rad/s', scale: 6, bound: 40, mirrorSign: -1 },
  ],
  action: { id: 'action', label: 'Torque', symbol: 'τ', unit: 'N m' },
  structure: { coordinates: [{ position: 0, rate: 1 }], placeFree: [], mirror: true },
  parameters: ['mass', 'length', 'jointViscous', 'jointCoulomb'],
  settings: {
    mass: real({
      label: 'Mass',
      meaning: 'Mass of the bob.',
      unit: 'kg',
      default: 0.57288,
      min: 0.001,
      max: 100,
      step: 0.01,
      scale: 'log',
      applies: 'nextEpisode',
    }),
    length: real({
      label: 'Length',
      meaning: 'Distance from the axis to the bob.',
      unit: 'm',
      default: 0.5,
      min: 0.01,
      max: 10,
      step: 0.01,
      scale: 'log',
      applies: 'nextEpisode',
    }),
    jointViscous: real({
      label: 'Damping',
      meaning: 'Torque against the motion for each rad/s.',
      unit: 'N m s',
      default: 0.1,
      min: 0,
      max: 10,
      step: 0.01,
      applies: 'nextEpisode',
    }),
    jointCoulomb: real({
      label: 'Dry friction',
      meaning: 'Torque against the motion whatever its speed (0.093 N m was measured on the board of the source).',
      unit: 'N m',
      default: 0,
      min: 0,
      max: 10,
      step: 0.01,
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
    actionLimit: real({
      label: 'Torque limit',
      meaning: 'Largest torque of the motor; below m g l the pendulum has to be swung up.',
      unit: 'N m',
      default: 2,
      min: 0.001,
      max: 1000,
      step: 0.1,
      scale: 'log',
      applies: 'nextEpisode',
    }),
  },
  hanging: () => Float64Array.of(Math.PI, 0),

  create({ mass, length, jointViscous, jointCoulomb, gravity, actionLimit }) {
    const inertia = mass * length * length;
    const weightTorque = mass * gravity * length;
    return {
      size: 2,
      actionLimit,
      stateLimits: [
        [-Infinity, Infinity],
        [-Infinity, Infinity],
      ],
      derivative(state, action, out) {
        const rate = state[1];
        out[0] = rate;
        out[1] = (weightTorque * sin(state[0]) + action - jointViscous * rate + dryFriction(jointCoulomb, rate, TURNING_SPEED)) / inertia;
      },
      addPush(_state, _force, torque, out) {
        out[1] += torque / inertia;
      },
      energy: (state) => 0.5 * inertia * state[1] * state[1] + weightTorque * cos(state[0]),
      tip(state, offset, out, at) {
        out[at] = -length * sin(state[offset]);
        out[at + 1] = length * cos(state[offset]);
      },
      bodies(state) {
        const x1 = -length * sin(state[0]);
        const y1 = length * cos(state[0]);
        return [
          { kind: 'rod', x0: 0, y0: 0, x1, y1, bob: true },
          { kind: 'pivot', x: 0, y: 0 },
        ];
      },
    };
  },
});
