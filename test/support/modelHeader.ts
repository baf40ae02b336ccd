import type { ModelHeader } from '../../src/shared/models/model';
import type { ResolvedSetup } from '../../src/shared/setups/resolve';

/** The header of a model that nobody fitted, on the plant and period of a setup. */
export const headerFor = ({ plant, period, setup }: ResolvedSetup, kind: string): ModelHeader => ({
  format: 'upright model',
  version: 1,
  kind,
  plant: setup.plant,
  channels: plant.channels.map(({ id }) => id),
  period,
  priors: [],
  settings: {},
  seed: 7,
  rows: 0,
  structure: {},
});
