import * as models from '../../../../shared/models';
import type { ModelKind } from '../../../../shared/models/model';
import * as plants from '../../../../shared/plants';
import { choice, list, number, switchFlag, text, texts, whole, wholeList } from '../../flags';
import { trainerFlags } from '../trainerFlags';

/** Models that are fitted to data. */
export const fittable = Object.entries(models as unknown as Readonly<Record<string, ModelKind>>).flatMap(([id, kind]) =>
  kind.needsData ? [id] : [],
);
export const plantIds = Object.keys(plants);
export const priorIds = ['integrates', 'placeFree', 'mirror', 'none'] as const;

/** Seconds. */
export const periodRange = { min: 0.0005, max: 1 } as const;

export const fitFlags = {
  model: list({ choices: fittable, default: ['linear', 'gaussianProcess', 'ensemble'], meaning: 'Models to fit, each to the same data.' }),
  plant: choice({
    choices: plantIds,
    otherwise: 'asked for',
    meaning: 'The plant that was recorded: it gives the channels and what may be known about them.',
  }),
  test: texts({
    placeholder: 'SPEC',
    otherwise: 'the held-out part of the training data, with a warning',
    meaning: 'A recording to predict: never trained on, never used to stop early.',
  }),
  map: texts({
    placeholder: 'COLUMN=ROLE:UNIT[:OPTION]...',
    otherwise: 'what a file of the plain form says itself',
    meaning: 'What the columns of the files are, comma separated. Roles: time, the channels of the plant, action, ignore.',
  }),
  partner: texts({
    placeholder: 'NAME=TEXT:TEXT',
    meaning: 'Columns NAME.column come from the file whose name has the first text replaced by the second.',
  }),
  prior: list({
    choices: priorIds,
    otherwise: 'integrates, and mirror where it holds',
    meaning: 'Structural priors of the models; they move the figures.',
  }),
  steps: wholeList({ unit: '', min: 1, max: 10_000, default: [1, 10, 25, 50], meaning: 'Horizons of the predictions, in grid steps.' }),
  period: number({ unit: 's', ...periodRange, default: 0.02, meaning: 'Step of the grid; the model belongs to it.' }),
  smooth: number({
    unit: 's',
    min: 0,
    max: 1,
    default: 0.03,
    meaning: 'Half width of the local quadratic through the recorded angle; 0 = linear interpolation and the recorded rate.',
  }),
  'held-out': number({
    unit: '',
    min: 0,
    max: 0.9,
    default: 0.2,
    meaning: "Share of each training window's tail that networks stop early on; without --test also what is predicted.",
  }),
  epochs: whole({ unit: '', min: 1, max: 100_000, default: 200, meaning: 'Networks: most passes through the training data.' }),
  ...trainerFlags,
  save: text({ placeholder: 'NAME', otherwise: 'not saved', meaning: 'Keep the model as NAME; NAME-MODEL when several are fitted.' }),
  force: switchFlag({ meaning: 'Replace saved models of that name.' }),
} as const;
