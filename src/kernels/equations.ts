/* Rollouts through a plant's equations of motion. The model's block: equationsBlock.ts. */
import { HORIZON, MODEL } from '../shared/rollouts/kernels/layout';
import { cartPoleDry, cartPoleSmooth } from './cartPole';
import { DRY, PLANT } from './equationsBlock';
import { prepareLanes } from './lanes';
import { pendulumDry, pendulumSmooth } from './pendulum';
import { act, begin, hold, land } from './rollout';

export { draw } from './draw';

export function prepare(): void {
  prepareLanes();
}

/** One chunk: 8 candidates from the start to the horizon; costs stand in COST afterwards. */
export function roll(): void {
  const horizon = load<i32>(HORIZON);
  const model = load<usize>(MODEL);
  const pole = load<i32>(model, PLANT) == 0;
  const dry = load<i32>(model, DRY) != 0;
  begin();
  for (let step = 0; step < horizon; step++) {
    act(step);
    if (pole) {
      if (dry) cartPoleDry(model);
      else cartPoleSmooth(model);
    } else if (dry) pendulumDry(model);
    else pendulumSmooth(model);
    hold();
    land(step, horizon);
  }
}
