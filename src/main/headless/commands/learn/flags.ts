import { registries } from '../../../../shared/setups/resolve';
import { choice, list, number, span, text, whole } from '../../flags';
import { priorIds } from '../fit/flags';
import { trainerFlags } from '../trainerFlags';

const ids = (registry: Readonly<Record<string, unknown>>) => Object.keys(registry);

export const learnFlags = {
  plant: choice({ choices: ids(registries.plant), otherwise: "the setup's, else pendulum", meaning: 'The plant on the simulated rig.' }),
  task: choice({ choices: ids(registries.task), otherwise: "the setup's: swingUp", meaning: 'What is wanted.' }),
  algorithm: choice({
    choices: ids(registries.algorithm),
    otherwise: "the setup's: iterativeMpc",
    meaning: 'What data is collected when, and when the model is fitted.',
  }),
  model: choice({
    choices: ids(registries.model),
    otherwise: "the setup's: gaussianProcess",
    meaning: 'The dynamics model that is learned.',
  }),
  planner: choice({
    choices: ids(registries.planner),
    otherwise: "the setup's: icem",
    meaning:
      'What searches action sequences; icem begins with 384 of them, through networks with 256, cem tries 480 x 5 and 256 x 4, unless set.',
  }),
  estimator: choice({
    choices: ids(registries.estimator),
    otherwise: "the setup's: accelerationSpline",
    meaning: 'What makes states of measurements.',
  }),
  prior: list({ choices: priorIds, otherwise: 'all that hold for the plant', meaning: 'Structural priors of the model.' }),
  experience: number({ unit: 's', min: 0.5, max: 100_000, default: 40, meaning: 'Give up after so many seconds on the rig.' }),
  wall: number({ unit: 's', min: 1, max: 1_000_000, default: 600, meaning: 'Give up after so many seconds of computing.' }),
  episode: number({ unit: 's', min: 1, max: 120, otherwise: "the algorithm's: 8", meaning: 'Length of an episode.' }),
  random: number({ unit: 's', min: 0, max: 60, otherwise: "the algorithm's", meaning: 'Random data before the first fit.' }),
  period: number({ unit: 's', min: 0.005, max: 0.2, otherwise: "the setup's: 0.05", meaning: 'Control period.' }),
  equations: number({
    unit: '',
    min: 0,
    max: 10,
    default: 0.3,
    meaning:
      'Model physics: each mass, length and friction of the given equations is off by the factor 1+F or 1/(1+F), drawn from the seed; 0 = exact.',
  }),
  ...trainerFlags,
  seeds: span({ min: 0, max: Number.MAX_SAFE_INTEGER, meaning: 'Learn every seed from A to B in place of one.' }),
  jobs: whole({ unit: '', min: 1, max: 64, default: 1, meaning: 'With --seeds: so many at a time; they share the threads.' }),
  'at-least': whole({
    unit: '',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    otherwise: 'all',
    meaning: 'With --seeds: succeeded when so many seeds did.',
  }),
  record: text({ placeholder: 'DIR', otherwise: 'not recorded', meaning: 'Keep a recording of each episode in this folder.' }),
  save: text({ placeholder: 'NAME', otherwise: 'not saved', meaning: 'Keep the final model under this name.' }),
} as const;
