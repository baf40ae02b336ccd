/*
 * Training of one member of a fully connected network: loss and gradient of a batch, and AdamW. Matrices are row-major,
 * activations [sample × unit] and weights [input × unit], and vectors run along units: so one product, which reads its left
 * side with free strides, serves the way forward, the way back (on transposed weights) and the gradient of the weights (on
 * activations read down the batch). A batch goes through in tiles that stay in the cache.
 */
import {
  ACTIVATION, ACTIVATION_SILU, ACTIVATION_TANH, ALL_INPUTS, ALL_TARGETS, BATCH_INPUTS, BATCH_TARGETS, DELTA, FIRST_MOMENTS, GRADIENT,
  HALF, INPUT_SIGNS, LAYER_BIASES, LAYER_BYTES, LAYER_INPUTS, LAYER_OUTPUTS, LAYER_RESULTS, LAYER_SLOPES, LAYER_TABLE, LAYER_TRANSPOSED,
  LAYER_USED, LAYER_WEIGHTS, LAYERS, LEAST, LEAST_EXPONENT, LOSS, LOSS_SQUARED_ERROR, MINUS_LOG2E, MOST, MOST_EXPONENT, OTHER_DELTA,
  PARAMETER_BYTES, PARAMETERS, PER_SAMPLE, PICKS, PULL, SAMPLES, SECOND_MOMENTS, TARGET_BYTES, TARGET_SIGNS, TILE, VECTOR, WANTED, ZEROS,
} from '../shared/models/network/kernelLayout';
import { reluWithSlope, siluWithSlope, tanhWithSlope } from './activationPasses';
import { at, clamp, exp2, madd, one, prepareLanes } from './lanes';
import { product } from './product';

/** Writes the constants; once for each memory. */
export function prepare(): void {
  prepareLanes();
  store<f32>(HALF, 0.5);
  store<f32>(MINUS_LOG2E, -1.4426950408889634);
  store<f32>(LEAST_EXPONENT, -126);
  store<f32>(MOST_EXPONENT, 126);
}

/** Copies what was picked to the batch: rows of the data, those whose mark is odd under the mirror. */
export function gather(): void {
  const samples = load<i32>(SAMPLES);
  const inputRow: usize = load<usize>(LAYER_TABLE + LAYER_INPUTS) * 4;
  rowsOf(load<usize>(ALL_INPUTS), inputRow, load<usize>(INPUT_SIGNS), load<usize>(BATCH_INPUTS), samples);
  rowsOf(load<usize>(ALL_TARGETS), load<usize>(TARGET_BYTES), load<usize>(TARGET_SIGNS), load<usize>(BATCH_TARGETS), samples);
}
function rowsOf(all: usize, row: usize, signs: usize, into: usize, samples: i32): void {
  let pick = load<usize>(PICKS);
  for (const end = pick + 4 * samples; pick < end; pick += 4) {
    const picked = load<u32>(pick), from = all + row * (picked >> 1);
    if (picked & 1) for (let j: usize = 0; j < row; j += 16) v128.store(into + j, f32x4.mul(v128.load(from + j), v128.load(signs + j)));
    else for (let j: usize = 0; j < row; j += 16) v128.store(into + j, v128.load(from + j));
    into += row;
  }
}

/** Loss of the batch, summed over outputs and averaged over samples; its gradient is written. */
export function gradient(): f64 {
  const layers = load<i32>(LAYERS), samples = load<i32>(SAMPLES), tile = load<i32>(TILE);
  const inputRow: usize = load<usize>(LAYER_TABLE + LAYER_INPUTS) * 4, targetRow = load<usize>(TARGET_BYTES);
  transposeWeights(layers);
  let inputs = load<usize>(BATCH_INPUTS), targets = load<usize>(BATCH_TARGETS);
  let sum: f64 = 0;
  for (let from = 0; from < samples; from += tile) {
    const real = min(tile, samples - from);
    const rows = (real + VECTOR - 1) & -VECTOR;
    forward(inputs, layers, rows);
    sum += lossAndDelta(layerAt(layers - 1), targets, targetRow, real, rows);
    backward(inputs, layers, rows, from == 0);
    inputs += inputRow * tile;
    targets += targetRow * tile;
  }
  return sum * <f64>load<f32>(PER_SAMPLE);
}

/**
 * One step of Adam with decoupled weight decay along the gradient, which is cut to `norm`.
 *
 * @param rate1  the rate times the correction of the first moments, 1 / (1 − β₁ᵗ)
 * @param correction2  1 / (1 − β₂ᵗ)
 * @param decay  the rate times the weight decay
 */
export function update(rate1: f32, correction2: f32, decay: f32, norm: f64): void {
  const from = load<usize>(GRADIENT), bytes = load<usize>(PARAMETER_BYTES);
  const length = Math.sqrt(squaresOf(from, bytes));
  const scale = f32x4.splat(length > norm ? <f32>(norm / length) : 1);
  const c1 = f32x4.splat(0.1), c2 = f32x4.splat(0.001), r1 = f32x4.splat(rate1), k2 = f32x4.splat(correction2), d = f32x4.splat(decay);
  const epsilon = f32x4.splat(1e-8);
  let p = load<usize>(PARAMETERS), first = load<usize>(FIRST_MOMENTS), second = load<usize>(SECOND_MOMENTS);
  const end = from + bytes;
  for (let g = from; g < end; g += 16) {
    const x = f32x4.mul(v128.load(g), scale);
    const m0 = v128.load(first), v0 = v128.load(second), w = v128.load(p);
    const m = madd(f32x4.sub(x, m0), c1, m0);
    const v = madd(f32x4.sub(f32x4.mul(x, x), v0), c2, v0);
    v128.store(first, m);
    v128.store(second, v);
    const step = f32x4.div(f32x4.mul(m, r1), f32x4.add(f32x4.sqrt(f32x4.mul(v, k2)), epsilon));
    v128.store(p, f32x4.sub(w, madd(w, d, step)));
    p += 16;
    first += 16;
    second += 16;
  }
}
/**
 * Sets to 0 what is left of moments that nothing renews: numbers near the end of the range are slow. What is dropped moves no
 * parameter, because Adam's epsilon is 1e9 times as large.
 */
export function dropTiny(): void {
  drop(load<usize>(FIRST_MOMENTS), 1e-17);
  drop(load<usize>(SECOND_MOMENTS), 1e-34);
}
function drop(x: usize, below: f32): void {
  const tiny = f32x4.splat(below);
  for (const end = x + load<usize>(PARAMETER_BYTES); x < end; x += 16) v128.store(x, without(v128.load(x), tiny));
}
/** x, or 0 where its size is less than `tiny`; what is not a number stays so. */
@inline function without(x: v128, tiny: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), tiny));
}
function squaresOf(from: usize, bytes: usize): f64 {
  let low = f64x2.splat(0), high = low;
  for (const end = from + bytes; from < end; from += 16) {
    const x = v128.load(from);
    const a = f64x2.promote_low_f32x4(x), b = f64x2.promote_low_f32x4(upper(x));
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  return total(f64x2.add(low, high));
}
@inline function upper(x: v128): v128 {
  return i32x4.shuffle(x, x, 2, 3, 2, 3);
}
@inline function total(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

@inline function layerAt(index: i32): usize {
  return LAYER_TABLE + <usize>index * LAYER_BYTES;
}

function forward(inputs: usize, layers: i32, rows: i32): void {
  const parameters = load<usize>(PARAMETERS), kind = load<i32>(ACTIVATION);
  for (let l = 0; l < layers; l++) {
    const layer = layerAt(l);
    const width: usize = load<usize>(layer, LAYER_INPUTS) * 4;
    const row: usize = load<usize>(layer, LAYER_OUTPUTS) * 4;
    const results = load<usize>(layer, LAYER_RESULTS);
    const weights = parameters + load<usize>(layer, LAYER_WEIGHTS), biases = parameters + load<usize>(layer, LAYER_BIASES);
    product(inputs, width, 4, weights, row, biases, 0, results, row, rows, row, load<i32>(layer, LAYER_USED), 0);
    if (l + 1 < layers) {
      const end = results + row * rows, slopes = load<usize>(layer, LAYER_SLOPES);
      if (kind == ACTIVATION_SILU) siluWithSlope(results, end, slopes);
      else if (kind == ACTIVATION_TANH) tanhWithSlope(results, end, slopes);
      else reluWithSlope(results, end, slopes);
    }
    inputs = results;
  }
}

/** Turns the outputs of a tile into the gradient of the loss by them, in place; those that only fill up get 0. Returns the sum of the loss. */
function lossAndDelta(layer: usize, targets: usize, targetRow: usize, real: i32, rows: i32): f64 {
  const row: usize = load<usize>(layer, LAYER_OUTPUTS) * 4, outputs = load<usize>(layer, LAYER_RESULTS);
  memory.fill(outputs + row * real, 0, row * (rows - real));
  return load<i32>(LOSS) == LOSS_SQUARED_ERROR
    ? squaredError(outputs, row, targets, targetRow, real)
    : gaussianLikelihood(outputs, row, targets, targetRow, real);
}
function squaredError(outputs: usize, row: usize, targets: usize, targetRow: usize, rows: i32): f64 {
  const wanted = load<usize>(WANTED), share = at(PER_SAMPLE);
  let sum = f64x2.splat(0);
  for (; rows > 0; rows--) {
    for (let j: usize = 0; j < targetRow; j += 16) {
      const e = v128.and(f32x4.sub(v128.load(outputs + j), v128.load(targets + j)), v128.load(wanted + j));
      sum = withAll(sum, f32x4.mul(e, e));
      v128.store(outputs + j, f32x4.mul(e, share));
    }
    outputs += row;
    targets += targetRow;
  }
  return 0.5 * total(sum);
}
/** Means stand in the first half of a row, log variances λ in the second. Outside their bounds only the pull moves them. */
function gaussianLikelihood(outputs: usize, row: usize, targets: usize, targetRow: usize, rows: i32): f64 {
  const wanted = load<usize>(WANTED), share = at(PER_SAMPLE);
  let sum = f64x2.splat(0);
  for (; rows > 0; rows--) {
    for (let j: usize = 0; j < targetRow; j += 16) {
      const mask = v128.load(wanted + j), mean = outputs + j, deviation = mean + targetRow;
      const free = v128.load(deviation);
      const held = clamp(free, at(LEAST), at(MOST));
      const e = f32x4.sub(v128.load(mean), v128.load(targets + j));
      const weighted = f32x4.mul(e, exp2(f32x4.mul(held, at(MINUS_LOG2E))));
      const misfit = f32x4.mul(e, weighted);
      const stray = f32x4.sub(free, held);
      const pulled = f32x4.mul(stray, at(PULL));
      const loss = f32x4.mul(at(HALF), madd(stray, pulled, f32x4.add(misfit, held)));
      const slope = v128.and(f32x4.mul(at(HALF), f32x4.sub(one(), misfit)), f32x4.eq(free, held));
      sum = withAll(sum, v128.and(loss, mask));
      v128.store(mean, v128.and(f32x4.mul(weighted, share), mask));
      v128.store(deviation, v128.and(f32x4.mul(f32x4.add(slope, pulled), share), mask));
    }
    outputs += row;
    targets += targetRow;
  }
  return total(sum);
}
@inline function withAll(sum: v128, x: v128): v128 {
  return f64x2.add(f64x2.add(sum, f64x2.promote_low_f32x4(x)), f64x2.promote_low_f32x4(upper(x)));
}

/** Adds the tile's part to the gradient; the first tile begins it. */
function backward(inputs: usize, layers: i32, rows: i32, begins: bool): void {
  const gradients = load<usize>(GRADIENT), zeros = load<usize>(ZEROS);
  let delta = load<usize>(layerAt(layers - 1), LAYER_RESULTS), next = load<usize>(DELTA), after = load<usize>(OTHER_DELTA);
  for (let l = layers - 1; l >= 0; l--) {
    const layer = layerAt(l), before = layerAt(l - 1);
    const width = load<i32>(layer, LAYER_INPUTS), units = load<i32>(layer, LAYER_OUTPUTS);
    const inputRow: usize = <usize>width * 4, row: usize = <usize>units * 4;
    const into = gradients + load<usize>(layer, LAYER_WEIGHTS), biases = gradients + load<usize>(layer, LAYER_BIASES);
    const from = l > 0 ? load<usize>(before, LAYER_RESULTS) : inputs;
    const used = row & 63 ? width : (load<i32>(layer, LAYER_USED) + 1) & -2;
    product(from, 4, inputRow, delta, row, begins ? zeros : into, begins ? 0 : row, into, row, used, row, rows, 0);
    columnSums(delta, rows, row, begins ? zeros : biases, biases);
    if (l > 0) {
      const slopes = load<usize>(before, LAYER_SLOPES);
      product(delta, row, 4, load<usize>(layer, LAYER_TRANSPOSED), inputRow, zeros, 0, next, inputRow, rows, inputRow, units, slopes);
      delta = next;
      next = after;
      after = delta;
    }
  }
}

function columnSums(from: usize, rows: i32, row: usize, initial: usize, into: usize): void {
  for (let j: usize = 0; j < row; j += 16) {
    let sum = v128.load(initial + j), x = from + j;
    for (let i = rows; i > 0; i--) {
      sum = f32x4.add(sum, v128.load(x));
      x += row;
    }
    v128.store(into + j, sum);
  }
}
/** Weights of all layers but the first, [inputs × outputs] → [outputs × inputs], in squares of 4 by 4. */
function transposeWeights(layers: i32): void {
  const parameters = load<usize>(PARAMETERS);
  for (let l = 1; l < layers; l++) {
    const layer = layerAt(l);
    const row: usize = load<usize>(layer, LAYER_OUTPUTS) * 4, inputRow: usize = load<usize>(layer, LAYER_INPUTS) * 4;
    const from = parameters + load<usize>(layer, LAYER_WEIGHTS), to = load<usize>(layer, LAYER_TRANSPOSED);
    for (let i: usize = 0; i < inputRow; i += 16) {
      let x = from + (i >> 2) * row, y = to + i;
      for (let j: usize = 0; j < row; j += 16) {
        const a = v128.load(x), b = v128.load(x + row), c = v128.load(x + 2 * row), d = v128.load(x + 3 * row);
        const ab = i32x4.shuffle(a, b, 0, 4, 1, 5), cd = i32x4.shuffle(c, d, 0, 4, 1, 5);
        const AB = i32x4.shuffle(a, b, 2, 6, 3, 7), CD = i32x4.shuffle(c, d, 2, 6, 3, 7);
        v128.store(y, i64x2.shuffle(ab, cd, 0, 2));
        v128.store(y + inputRow, i64x2.shuffle(ab, cd, 1, 3));
        v128.store(y + 2 * inputRow, i64x2.shuffle(AB, CD, 0, 2));
        v128.store(y + 3 * inputRow, i64x2.shuffle(AB, CD, 1, 3));
        x += 16;
        y += 4 * inputRow;
      }
    }
  }
}
