import type { Propagation } from '../rollouts/rollouts';
import { boolean, choice, integer, type SettingValues } from '../settings';

/** How planning goes through a model that has members: settings of the planner, offered with such models. */
export const propagationSettings = {
  propagation: choice({
    label: 'Propagation',
    meaning:
      'Through which member a future goes: each future through every member to the end, one member drawn at each step, or the mean of all.',
    choices: ['toTheEnd', 'eachStep', 'mean'],
    choiceLabels: ['Each member to the end (TS∞)', 'One drawn at each step (TS1)', 'Mean of members'],
    default: 'toTheEnd',
    applies: 'live',
    expert: true,
  }),
  particles: integer({
    label: 'Particles',
    meaning: 'Futures of each action sequence where a member is drawn at each step.',
    unit: '',
    min: 1,
    max: 50,
    step: 1,
    default: 5,
    applies: 'live',
    expert: true,
  }),
  membersEarly: integer({
    label: 'Members early',
    meaning: 'Members that an action sequence goes through in all iterations of iCEM but the last two; 0 for all of them.',
    unit: '',
    min: 0,
    max: 50,
    step: 1,
    default: 0,
    applies: 'live',
    expert: true,
  }),
  sampleNoise: boolean({
    label: 'Sample noise',
    meaning: 'Adds the noise that the networks state to each step; only networks trained by the Gaussian likelihood state any.',
    default: false,
    applies: 'live',
    expert: true,
  }),
} as const;

/** The propagation of a planner's settings; undefined for models that have no members. */
export const propagationOf = ({ propagation, particles, sampleNoise, membersEarly }: SettingValues): Propagation | undefined =>
  propagation === undefined
    ? undefined
    : {
        members: propagation as Propagation['members'],
        particles: Number(particles),
        noise: sampleNoise === true,
        early: Number(membersEarly),
      };
