import { choice, integer, real } from '../settings';

/** Settings of the control loop: room `loop`. */
export const loopSettings = {
  period: real({
    label: 'Control period',
    unit: 's',
    min: 0.005,
    max: 0.2,
    step: 0.005,
    default: 0.05,
    applies: { locked: 'A model belongs to its period: choose another setup to change it.' },
    meaning: 'Seconds between two measurements; models belong to it.',
  }),
  pace: choice({
    label: 'Pace',
    choices: ['patient', 'strict'],
    choiceLabels: ['simulation waits for plans', 'real time'],
    default: 'patient',
    applies: 'live',
    meaning: 'Whether simulated time stands still while a plan is late, or goes on with the plan before it as a real rig would.',
  }),
  record: choice({
    label: 'Record',
    choices: ['nothing', 'episodes', 'required'],
    choiceLabels: ['nothing', 'every episode', 'or do not run'],
    default: 'episodes',
    applies: 'nextEpisode',
    meaning:
      'Whether each episode is written into the folder "recordings" of the user data while it happens; and whether a run is stopped whose recording ends.',
  }),
  fan: choice({
    label: 'Recorded paths',
    choices: ['best', 'all'],
    choiceLabels: ['the best 40', 'all'],
    default: 'best',
    applies: 'nextEpisode',
    expert: true,
    meaning: 'How many imagined paths a recording holds of a plan, ten plans a second; around a fault it holds all of them.',
  }),
  threads: integer({
    label: 'Planner threads',
    unit: '',
    min: 1,
    max: 16,
    step: 1,
    default: 2,
    applies: 'nextEpisode',
    expert: true,
    meaning: 'Threads that share one plan; results do not depend on it.',
  }),
} as const;
