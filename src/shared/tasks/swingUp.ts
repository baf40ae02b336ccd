import { real } from '../settings';
import { defineTask } from './task';
import { settingsOfCost, uprightCost } from './uprightCost';

/** From hanging at rest to upright, and staying there. */
export const swingUp = defineTask({
  label: 'Swing up',
  source: '1 − cos θ with small weights on place, rates and action; the rate weight decides: at 0.03 even a perfect model stays low.',
  plants: ['cartPole', 'pendulum'],
  settings: {
    upright: real({
      label: 'Upright',
      meaning: 'Weight of 1 − cos θ: 0 upright, 2 when hanging.',
      unit: '',
      default: 1,
      min: 0,
      max: 100,
      step: 0.1,
      applies: 'live',
    }),
    ...settingsOfCost({ position: 0.1, velocity: 0.01, rate: 0.01, effort: 0.002 }),
  },
  episodeSeconds: 8,
  randomSeconds: 0.5,
  cost: uprightCost,
});
