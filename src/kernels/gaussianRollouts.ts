/*
 * Rollouts through the means of a Gaussian process. The model's block: shared/rollouts/kernels/gaussianLayout.ts.
 */
import { BOUNDS, CHANNELS, HORIZON, INPUT_ROWS, MODEL, OUTPUT_ROWS, OUTPUTS, START } from '../shared/rollouts/kernels/layout';
import { gaussianMeans } from './gaussian';
import { prepareLanes } from './lanes';
import { act, advance, begin, encode, land } from './rollout';

export { draw } from './draw';

export function prepare(): void {
  prepareLanes();
}

/** One chunk: 8 candidates from the start to the horizon; costs stand in COST afterwards. */
export function roll(): void {
  const horizon = load<i32>(HORIZON);
  const model = load<usize>(MODEL);
  begin();
  // only the start may lie out of bounds; from then on states are held within them
  let mild = startIsWithinBounds();
  for (let step = 0; step < horizon; step++) {
    act(step);
    encode();
    gaussianMeans(model, load<i32>(OUTPUTS), INPUT_ROWS, OUTPUT_ROWS, mild);
    mild = true;
    advance();
    land(step, horizon);
  }
}
function startIsWithinBounds(): bool {
  const channels = load<i32>(CHANNELS);
  for (let c = 0; c < channels; c++) if (abs(load<f32>(START + c * 4)) > load<f32>(BOUNDS + c * 4)) return false;
  return true;
}

/** Means alone, for what holds them to the float64 model: INPUT_ROWS to OUTPUT_ROWS. */
export function means(): void {
  gaussianMeans(load<usize>(MODEL), load<i32>(OUTPUTS), INPUT_ROWS, OUTPUT_ROWS, true);
}
