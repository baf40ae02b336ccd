/*
 * What all rollouts share: from the start through inputs and outputs of a model to the state after a step, for a chunk of
 * 8 candidates. Numbers stand in rows of 8 lanes; layout.ts says where.
 */
import {
  ACTION, ACTION_BEFORE, ACTIONS, ANGLE_CHANNELS, ANGLES, BOUNDS, CHANNELS, COSINE, COST, INPUT_BYTES, INPUT_ROWS, INPUT_TABLE, INPUTS,
  OUTPUT_BYTES, OUTPUT_ROWS, OUTPUT_TABLE, OUTPUTS, PERIOD, PREVIOUS_ACTION, ROW, SINE, START, STATE, TIP_ANGLE, TIP_LENGTH, TIP_PLACE,
  TIPS,
} from '../shared/rollouts/kernels/layout';
import { stage } from './cost';
import { at, clamp, madd, nmadd, sineCosine } from './lanes';

/** A row of one number. */
@inline export function fill(row: usize, value: v128): void {
  v128.store(row, value);
  v128.store(row, value, 16);
}
/** A loop, because the engine's own copy is a call that costs more than a few rows. */
@inline export function copyRows(to: usize, from: usize, rows: i32): void {
  const end: usize = to + rows * ROW;
  for (; to < end; to += ROW, from += ROW) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}
export function begin(): void {
  const channels = load<i32>(CHANNELS);
  for (let c = 0; c < channels; c++) fill(STATE + c * ROW, at(START + c * 4));
  fill(ACTION, at(PREVIOUS_ACTION));
  fill(COST, f32x4.splat(0));
  turn();
  recordTips(0);
}
/** Takes the actions of a step; those of the step before are kept for the cost. */
export function act(step: i32): void {
  const row: usize = load<usize>(ACTIONS) + step * ROW;
  v128.store(ACTION_BEFORE, v128.load(ACTION));
  v128.store(ACTION_BEFORE, v128.load(ACTION, 16), 16);
  v128.store(ACTION, v128.load(row));
  v128.store(ACTION, v128.load(row, 16), 16);
}
/** Sines and cosines of the angles as they are now: of use to the cost of this step and to the inputs of the next. */
export function turn(): void {
  const angles = load<i32>(ANGLES);
  for (let k = 0; k < angles; k++) {
    const c: usize = load<usize>(ANGLE_CHANNELS + k * 4) * ROW;
    sineCosine(v128.load(STATE + c), SINE + c, COSINE + c);
    sineCosine(v128.load(STATE + c, 16), SINE + c + 16, COSINE + c + 16);
  }
}
/** The inputs of a learned model: values over their scale, cosines, sines, the action over its limit. */
export function encode(): void {
  const end: usize = INPUT_TABLE + load<i32>(INPUTS) * INPUT_BYTES;
  let row: usize = INPUT_ROWS;
  for (let entry: usize = INPUT_TABLE; entry < end; entry += INPUT_BYTES) {
    const from = load<usize>(entry);
    const factor = v128.load32_splat(entry, 8);
    v128.store(row, f32x4.mul(v128.load(from), factor));
    v128.store(row, f32x4.mul(v128.load(from, 16), factor), 16);
    row += ROW;
  }
}
/** Moves the states on by one period under the outputs (channel units per second), and holds them within their bounds. */
export function advance(): void {
  const outputs = load<i32>(OUTPUTS);
  const period = at(PERIOD);
  const half = f32x4.mul(period, f32x4.splat(0.5));
  for (let o = 0; o < outputs; o++) {
    const entry: usize = OUTPUT_TABLE + o * OUTPUT_BYTES;
    const rate: usize = STATE + load<usize>(entry) * ROW;
    const position = load<i32>(entry, 4);
    const value: usize = OUTPUT_ROWS + o * ROW;
    for (let half_ = 0; half_ < 32; half_ += 16) {
      const a = v128.load(value + half_);
      const v = v128.load(rate + half_);
      if (position >= 0) {
        const p: usize = STATE + position * ROW + half_;
        v128.store(p, madd(period, madd(half, a, v), v128.load(p)));
      }
      v128.store(rate + half_, madd(period, a, v));
    }
  }
  hold();
}
/** Bounds of the channels. */
export function hold(): void {
  const channels = load<i32>(CHANNELS);
  for (let c = 0; c < channels; c++) {
    if (load<f32>(BOUNDS + c * 4) == Infinity) continue;
    const high = at(BOUNDS + c * 4);
    const low = f32x4.neg(high);
    const row: usize = STATE + c * ROW;
    v128.store(row, clamp(v128.load(row), low, high));
    v128.store(row, clamp(v128.load(row, 16), low, high), 16);
  }
}
/** After a step: the angles as they are now, the cost of the stage, the tips. */
export function land(step: i32, horizon: i32): void {
  turn();
  stage(step == horizon - 1);
  recordTips(step + 1);
}
/** x and y of the tips, when they are wanted. */
function recordTips(step: i32): void {
  const tips = load<usize>(TIPS);
  if (tips == 0) return;
  const angle: usize = load<usize>(TIP_ANGLE) * ROW;
  const place = load<i32>(TIP_PLACE);
  const length = at(TIP_LENGTH);
  const row = tips + step * 2 * ROW;
  for (let half: usize = 0; half < 32; half += 16) {
    const x = place < 0 ? f32x4.splat(0) : v128.load(STATE + place * ROW + half);
    v128.store(row + half, nmadd(length, v128.load(SINE + angle + half), x));
    v128.store(row + half, f32x4.mul(length, v128.load(COSINE + angle + half)), ROW);
  }
}
