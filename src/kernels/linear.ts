/*
 * Rollouts through a linear expectation: each output is a weighted sum of columns, which are channels (angles on the
 * circle from their centres), the action, and 1. The block is written by shared/rollouts/kernels/linear.ts.
 */
import { ACTION, HORIZON, INPUT_ROWS, MODEL, OUTPUT_ROWS, OUTPUTS, ROW, STATE } from '../shared/rollouts/kernels/layout';
import { at, madd, one, prepareLanes, wrap } from './lanes';
import { act, advance, begin, fill, land } from './rollout';

const COLUMNS: usize = 0;
const WEIGHTS: usize = 4;
/** Columns, 16 bytes each: channel (−1 the action, −2 the constant), whether it is an angle, its centre. */
const COLUMN_TABLE: usize = 16;
const COLUMN_BYTES: usize = 16;
const COLUMN_WRAPS: usize = 4;
const COLUMN_CENTRE: usize = 8;

export { draw } from './draw';

export function prepare(): void {
  prepareLanes();
}

/** One chunk: 8 candidates from the start to the horizon; costs stand in COST afterwards. */
export function roll(): void {
  const horizon = load<i32>(HORIZON);
  const model = load<usize>(MODEL);
  begin();
  for (let step = 0; step < horizon; step++) {
    act(step);
    columns(model);
    sums(model);
    advance();
    land(step, horizon);
  }
}

function columns(model: usize): void {
  const count = load<i32>(model, COLUMNS);
  for (let k = 0; k < count; k++) {
    const entry: usize = model + COLUMN_TABLE + k * COLUMN_BYTES;
    const channel = load<i32>(entry);
    const row: usize = INPUT_ROWS + k * ROW;
    if (channel < -1) {
      fill(row, one());
      continue;
    }
    const from: usize = channel < 0 ? ACTION : STATE + channel * ROW;
    let a = v128.load(from), b = v128.load(from, 16);
    if (load<i32>(entry, COLUMN_WRAPS) != 0) {
      const centre = at(entry + COLUMN_CENTRE);
      a = wrap(f32x4.sub(a, centre));
      b = wrap(f32x4.sub(b, centre));
    }
    v128.store(row, a);
    v128.store(row, b, 16);
  }
}
function sums(model: usize): void {
  const outputs = load<i32>(OUTPUTS);
  const end: usize = INPUT_ROWS + load<usize>(model, COLUMNS) * ROW;
  let weight = load<usize>(model, WEIGHTS);
  for (let o = 0; o < outputs; o++) {
    let a = f32x4.splat(0), b = f32x4.splat(0);
    for (let row: usize = INPUT_ROWS; row < end; row += ROW) {
      const w = at(weight);
      a = madd(w, v128.load(row), a);
      b = madd(w, v128.load(row, 16), b);
      weight += 4;
    }
    v128.store(OUTPUT_ROWS + o * ROW, a);
    v128.store(OUTPUT_ROWS + o * ROW, b, 16);
  }
}
