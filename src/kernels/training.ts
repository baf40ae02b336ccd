/*
 * Training of one member of a fully connected network: loss and gradient of a batch, and AdamW. Matrices are row-major,
 * activations [sample × unit] and weights [input × unit], and vectors run along units: so one product, which reads its left
 * side with free strides, serves the way forward, the way back (on transposed weights) and the gradient of the weights (on
 * activations read down the batch). A batch goes through in tiles that stay in the cache.
 */
import {
  ACTIVATION, ACTIVATION_SILU, ACTIVATION_TANH, BATCH_INPUTS, BATCH_TARGETS, DELTA, FIRST_MOMENTS, GRADIENT, HALF, LAYER_BIASES,
  LAYER_BYTES, LAYER_INPUTS, LAYER_OUTPUTS, LAYER_RESULTS, LAYER_SLOPES, LAYER_TABLE, LAYER_TRANSPOSED, LAYER_WEIGHTS, LAYERS, LEAST,
  LEAST_EXPONENT, LOSS, LOSS_SQUARED_ERROR, MINUS_LOG2E, MOST, MOST_EXPONENT, OTHER_DELTA, PARAMETER_BYTES, PARAMETERS, PER_SAMPLE,
  PULL, SAMPLES, SECOND_MOMENTS, TARGET_BYTES, TILE, VECTOR, WANTED, ZEROS,
} from '../shared/models/network/kernelLayout';
import { at, clamp, exp2, madd, one, prepareLanes, tanh } from './lanes';

/** Writes the constants; once for each memory. */
export function prepare(): void {
  prepareLanes();
  store<f32>(HALF, 0.5);
  store<f32>(MINUS_LOG2E, -1.4426950408889634);
  store<f32>(LEAST_EXPONENT, -126);
  store<f32>(MOST_EXPONENT, 126);
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
  // Below this nothing moves a parameter, because epsilon is 1e9 times as large; numbers near the end of the range are slow.
  const tiny = f32x4.splat(1e-17), tinySquare = f32x4.splat(1e-34);
  let p = load<usize>(PARAMETERS), first = load<usize>(FIRST_MOMENTS), second = load<usize>(SECOND_MOMENTS);
  const end = from + bytes;
  for (let g = from; g < end; g += 16) {
    const x = without(f32x4.mul(v128.load(g), scale), tiny);
    const m0 = v128.load(first), v0 = v128.load(second), w = v128.load(p);
    const m = without(madd(f32x4.sub(x, m0), c1, m0), tiny);
    const v = without(madd(f32x4.sub(f32x4.mul(x, x), v0), c2, v0), tinySquare);
    v128.store(first, m);
    v128.store(second, v);
    const step = f32x4.div(f32x4.mul(m, r1), f32x4.add(f32x4.sqrt(f32x4.mul(v, k2)), epsilon));
    v128.store(p, f32x4.sub(w, madd(w, d, step)));
    p += 16;
    first += 16;
    second += 16;
  }
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
    const width = load<i32>(layer, LAYER_INPUTS);
    const row: usize = load<usize>(layer, LAYER_OUTPUTS) * 4;
    const results = load<usize>(layer, LAYER_RESULTS);
    const weights = parameters + load<usize>(layer, LAYER_WEIGHTS), biases = parameters + load<usize>(layer, LAYER_BIASES);
    product(inputs, <usize>width * 4, 4, weights, row, biases, 0, results, row, rows, row, width);
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
    product(from, 4, inputRow, delta, row, begins ? zeros : into, begins ? 0 : row, into, row, width, row, rows);
    columnSums(delta, rows, row, begins ? zeros : biases, biases);
    if (l > 0) {
      product(delta, row, 4, load<usize>(layer, LAYER_TRANSPOSED), inputRow, zeros, 0, next, inputRow, rows, inputRow, units);
      multiply(next, next + inputRow * rows, load<usize>(before, LAYER_SLOPES));
      delta = next;
      next = after;
      after = delta;
    }
  }
}

/**
 * C(i, ·) = initial(i, ·) + Σₖ A(i, k) B(k, ·), one sum for each number, k ascending: every shape of block gives the same bits.
 *
 * @param aRow, aStep  bytes from A(i, k) to A(i + 1, k) and to A(i, k + 1)
 * @param bStep        bytes of a row of B
 * @param initialRow   bytes of a row of the first values, 0 when they are the same for all
 * @param rows         of C, a multiple of 4
 * @param columns      of C, bytes, a multiple of 16
 */
function product(
  a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, initial: usize, initialRow: usize, c: usize, cRow: usize, rows: i32,
  columns: usize, K: i32,
): void {
  const a2 = 2 * aRow, a3 = 3 * aRow, c2 = 2 * cRow, c3 = 3 * cRow, i2 = 2 * initialRow, i3 = 3 * initialRow;
  const even = columns & ~31;
  let j: usize = 0;
  for (; j < even; j += 32) {
    let ai = a, ci = c + j, ii = initial + j;
    for (let i = rows; i > 0; i -= 4) {
      let s00 = v128.load(ii), s01 = v128.load(ii, 16);
      let s10 = v128.load(ii + initialRow), s11 = v128.load(ii + initialRow, 16);
      let s20 = v128.load(ii + i2), s21 = v128.load(ii + i2, 16);
      let s30 = v128.load(ii + i3), s31 = v128.load(ii + i3, 16);
      let x = ai, y = b + j, k = K;
      do {
        const u = v128.load(y), v = v128.load(y, 16);
        let s = v128.load32_splat(x);
        s00 = madd(s, u, s00);
        s01 = madd(s, v, s01);
        s = v128.load32_splat(x + aRow);
        s10 = madd(s, u, s10);
        s11 = madd(s, v, s11);
        s = v128.load32_splat(x + a2);
        s20 = madd(s, u, s20);
        s21 = madd(s, v, s21);
        s = v128.load32_splat(x + a3);
        s30 = madd(s, u, s30);
        s31 = madd(s, v, s31);
        x += aStep;
        y += bStep;
      } while (--k);
      v128.store(ci, s00);
      v128.store(ci, s01, 16);
      v128.store(ci + cRow, s10);
      v128.store(ci + cRow, s11, 16);
      v128.store(ci + c2, s20);
      v128.store(ci + c2, s21, 16);
      v128.store(ci + c3, s30);
      v128.store(ci + c3, s31, 16);
      ai += 4 * aRow;
      ci += 4 * cRow;
      ii += 4 * initialRow;
    }
  }
  if (j == columns) return;
  let ai = a, ci = c + j, ii = initial + j;
  for (let i = rows; i > 0; i -= 4) {
    let s0 = v128.load(ii), s1 = v128.load(ii + initialRow), s2 = v128.load(ii + i2), s3 = v128.load(ii + i3);
    let x = ai, y = b + j, k = K;
    do {
      const u = v128.load(y);
      s0 = madd(v128.load32_splat(x), u, s0);
      s1 = madd(v128.load32_splat(x + aRow), u, s1);
      s2 = madd(v128.load32_splat(x + a2), u, s2);
      s3 = madd(v128.load32_splat(x + a3), u, s3);
      x += aStep;
      y += bStep;
    } while (--k);
    v128.store(ci, s0);
    v128.store(ci + cRow, s1);
    v128.store(ci + c2, s2);
    v128.store(ci + c3, s3);
    ai += 4 * aRow;
    ci += 4 * cRow;
    ii += 4 * initialRow;
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
function multiply(x: usize, end: usize, by: usize): void {
  for (; x < end; x += 16) {
    v128.store(x, f32x4.mul(v128.load(x), v128.load(by)));
    by += 16;
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

/** y = x σ(x) in place; its slope is σ + y (1 − σ). */
function siluWithSlope(x: usize, end: usize, slopes: usize): void {
  const unit = one(), factor = at(MINUS_LOG2E);
  for (; x < end; x += 16) {
    const value = v128.load(x);
    const exponent = clamp(f32x4.mul(value, factor), at(LEAST_EXPONENT), at(MOST_EXPONENT));
    const sigma = f32x4.div(unit, f32x4.add(unit, exp2(exponent)));
    const y = f32x4.mul(value, sigma);
    v128.store(x, y);
    v128.store(slopes, madd(y, f32x4.sub(unit, sigma), sigma));
    slopes += 16;
  }
}
function tanhWithSlope(x: usize, end: usize, slopes: usize): void {
  for (; x < end; x += 16) {
    const y = tanh(v128.load(x));
    v128.store(x, y);
    v128.store(slopes, f32x4.sub(one(), f32x4.mul(y, y)));
    slopes += 16;
  }
}
function reluWithSlope(x: usize, end: usize, slopes: usize): void {
  const zero = f32x4.splat(0);
  for (; x < end; x += 16) {
    const value = v128.load(x);
    v128.store(x, f32x4.max(value, zero));
    v128.store(slopes, v128.and(one(), f32x4.gt(value, zero)));
    slopes += 16;
  }
}
