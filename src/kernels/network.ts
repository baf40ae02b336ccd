/*
 * Rollouts through an ensemble of networks. The model's block: see the host (shared/rollouts/kernels/network.ts).
 * `blocks.ts` is written by scripts/kernels/blocks.mjs for the register block of each variant.
 */
import {
  FIRST_CANDIDATE, HORIZON, INPUT_BYTES, INPUT_ROWS, INPUT_TABLE, INPUTS, MODEL, NOISE_KEY, OUTPUT_BYTES, OUTPUT_ROWS, OUTPUT_TABLE,
  OUTPUTS, ROW, SPREAD_ROWS,
} from '../shared/rollouts/kernels/layout';
import { dense, denseFour, denseTwo, OUTPUTS_A_BLOCK } from './blocks';
import { at, clamp, prepareLanes, reluPass, siluPass, tanhPass } from './lanes';
import { addNoise } from './noise';
import { act, advance, begin, copyRows, encode, fill, land, turn } from './rollout';

const MEMBERS: usize = 0;
const LAYERS: usize = 4;
const ACTIVATION: usize = 8;
const MEMBER_BYTES: usize = 12;
const WEIGHTS: usize = 16;
const MIRROR: usize = 20;
const RAW_OUTPUTS: usize = 24;
const BUFFER: usize = 28;
const OTHER_BUFFER: usize = 32;
const MEMBER_OF_STEP: usize = 36;
const LEAST_LOG_VARIANCE: usize = 40;
const MOST_LOG_VARIANCE: usize = 44;
const MIRRORED_INPUTS: usize = 48;
const KEPT_OUTPUTS: usize = 52;
const LAYER_TABLE: usize = 64;
const LAYER_BYTES: usize = 16;

export { draw } from './draw';

export function prepare(): void {
  prepareLanes();
}
export function outputsABlock(): i32 {
  return OUTPUTS_A_BLOCK;
}

/** One chunk: 8 candidates from the start to the horizon; costs stand in COST afterwards. */
export function roll(): void {
  const horizon = load<i32>(HORIZON);
  const members = load<usize>(load<usize>(MODEL), MEMBER_OF_STEP);
  const noisy = load<i32>(NOISE_KEY) != 0;
  begin();
  for (let step = 0; step < horizon; step++) {
    act(step);
    encode();
    const member = load<i32>(members + step * 4);
    if (member < 0) meanOfMembers();
    else outputsOf(member);
    if (noisy) addNoise(step, load<i32>(FIRST_CANDIDATE));
    advance();
    land(step, horizon);
  }
}

/** Means of one member, or of all for −1, at the states and actions that stand in their rows: to OUTPUT_ROWS. */
export function answer(member: i32): void {
  turn();
  encode();
  if (member < 0) meanOfMembers();
  else outputsOf(member);
}

/** Means of one member to OUTPUT_ROWS, and the deviations that it states to SPREAD_ROWS where noise is wanted. */
function outputsOf(member: i32): void {
  const model = load<usize>(MODEL);
  const weights = load<usize>(model, WEIGHTS) + member * load<i32>(model, MEMBER_BYTES);
  const outputs = load<i32>(OUTPUTS);
  const raw = load<i32>(model, RAW_OUTPUTS);
  const straight = forward(model, weights, INPUT_ROWS);
  if (load<i32>(model, MIRROR) == 0) {
    copyRows(OUTPUT_ROWS, straight, outputs);
    if (raw > outputs) deviations(model, straight + outputs * ROW, straight + outputs * ROW);
    return;
  }
  // exactly odd: half the sum of the answer and of the mirrored answer to the mirrored question
  const kept = load<usize>(model, KEPT_OUTPUTS);
  copyRows(kept, straight, raw);
  const mirrored = forward(model, weights, mirrorInputs(model));
  const half = f32x4.splat(0.5);
  for (let o = 0; o < outputs; o++) {
    const sign = f32x4.mul(at(OUTPUT_TABLE + o * OUTPUT_BYTES + 8), half);
    for (let h: usize = 0; h < 32; h += 16) {
      const row: usize = o * ROW + h;
      v128.store(OUTPUT_ROWS + row, f32x4.add(f32x4.mul(v128.load(kept + row), half), f32x4.mul(v128.load(mirrored + row), sign)));
    }
  }
  if (raw > outputs) deviations(model, kept + outputs * ROW, mirrored + outputs * ROW);
}
function mirrorInputs(model: usize): usize {
  const rows = load<usize>(model, MIRRORED_INPUTS);
  const inputs = load<i32>(INPUTS);
  for (let i = 0; i < inputs; i++) {
    const sign = at(INPUT_TABLE + i * INPUT_BYTES + 12);
    const row: usize = i * ROW;
    v128.store(rows + row, f32x4.mul(v128.load(INPUT_ROWS + row), sign));
    v128.store(rows + row, f32x4.mul(v128.load(INPUT_ROWS + row, 16), sign), 16);
  }
  return rows;
}
/** Log variances to exponents of 2 of the deviations; the mean of the two under the mirror. */
function deviations(model: usize, a: usize, b: usize): void {
  const outputs = load<i32>(OUTPUTS);
  const least = at(model + LEAST_LOG_VARIANCE), most = at(model + MOST_LOG_VARIANCE);
  const half = f32x4.splat(0.5);
  for (let i: usize = 0; i < <usize>outputs * ROW; i += 16)
    v128.store(SPREAD_ROWS + i, f32x4.mul(f32x4.add(clamp(v128.load(a + i), least, most), clamp(v128.load(b + i), least, most)), half));
}
function meanOfMembers(): void {
  const model = load<usize>(MODEL);
  const members = load<i32>(model, MEMBERS);
  const bytes = <usize>load<i32>(OUTPUTS) * ROW;
  const sum = load<usize>(model, KEPT_OUTPUTS) + 512;
  const spread = sum + 256;
  for (let row: usize = 0; row < 512; row += ROW) fill(sum + row, f32x4.splat(0));
  for (let m = 0; m < members; m++) {
    outputsOf(m);
    for (let i: usize = 0; i < bytes; i += 16) {
      v128.store(sum + i, f32x4.add(v128.load(sum + i), v128.load(OUTPUT_ROWS + i)));
      v128.store(spread + i, f32x4.add(v128.load(spread + i), v128.load(SPREAD_ROWS + i)));
    }
  }
  const share = f32x4.splat(1 / <f32>members);
  for (let i: usize = 0; i < bytes; i += 16) {
    v128.store(OUTPUT_ROWS + i, f32x4.mul(v128.load(sum + i), share));
    v128.store(SPREAD_ROWS + i, f32x4.mul(v128.load(spread + i), share));
  }
}

/** Runs a member; returns where its outputs stand, one row each. */
function forward(model: usize, weights: usize, inputs: usize): usize {
  const layers = load<i32>(model, LAYERS);
  const activation = load<i32>(model, ACTIVATION);
  let from = inputs;
  let to = load<usize>(model, BUFFER);
  let spare = load<usize>(model, OTHER_BUFFER);
  for (let l = 0; l < layers; l++) {
    const layer: usize = model + LAYER_TABLE + l * LAYER_BYTES;
    const K = load<i32>(layer);
    const blocks = load<i32>(layer, 4);
    const tail = load<i32>(layer, 8);
    let w = weights + load<usize>(layer, 12);
    let y = to;
    if (blocks > 0) {
      dense(from, w, y, K, blocks);
      w += <usize>blocks * OUTPUTS_A_BLOCK * (K + 1) * 4;
      y += <usize>blocks * OUTPUTS_A_BLOCK * ROW;
    }
    if (tail == 4) {
      denseFour(from, w, y, K, 1);
      y += 4 * ROW;
    } else if (tail == 2) {
      denseTwo(from, w, y, K, 1);
      y += 2 * ROW;
    }
    if (l < layers - 1) {
      if (activation == 0) siluPass(to, y);
      else if (activation == 1) tanhPass(to, y);
      else reluPass(to, y);
    }
    from = to;
    to = spare;
    spare = from;
  }
  return from;
}
