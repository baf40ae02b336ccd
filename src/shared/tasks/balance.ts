import { real } from '../settings';
import { defineTask } from './task';
import { settingsOfCost, uprightCost } from './uprightCost';

/** Beginning near upright: staying there, calmly and at the wanted place. */
export const balance = defineTask({
  label: 'Balance',
  source: 'The cost of the swing-up with more weight on place, rates and action, for a pendulum that is up already.',
  plants: ['cartPole', 'pendulum'],
  settings: {
    upright: real({
      label: 'Upright',
      meaning: 'Weight of 1 − cos θ: 0 upright, θ²/2 near it.',
      unit: '',
      default: 10,
      min: 0,
      max: 100,
      step: 0.1,
      applies: 'live',
    }),
    ...settingsOfCost({ position: 1, velocity: 0.1, rate: 0.1, effort: 0.01 }),
  },
  episodeSeconds: 8,
  randomSeconds: 0.5,
  cost: uprightCost,
  start(plant) {
    const state = plant.hanging();
    for (const [index, channel] of plant.channels.entries()) if (channel.wraps) state[index] = LEAN;
    return state;
  },
});

/** A tenth of a radian: far enough that something must be done, near enough that every plant of the house can do it. */
const LEAN = 0.1;
