import { corrections } from './adamW';
import type { TrainingData, TrainingPlan } from './course';
import * as at from './kernelLayout';
import { ARRAYS_A_MEMBER, eachPiece, layOut, TILE, type KernelPlaces } from './kernelPlaces';
import { LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE, PULL_BACK } from './loss';

/** What the kernel exports; see src/kernels/training.ts. */
interface TrainingKernel {
  readonly memory: WebAssembly.Memory;
  prepare(): void;
  gather(): void;
  gradient(): number;
  update(rate1: number, correction2: number, decay: number, norm: number): void;
  dropTiny(): void;
}

const PAGE = 65536;
/** Steps between two looks for moments that have become tiny. */
const TIDY_EVERY = 32;
const ACTIVATIONS = { silu: at.ACTIVATION_SILU, tanh: at.ACTIVATION_TANH, relu: at.ACTIVATION_RELU } as const;
const LOSSES = { squaredError: at.LOSS_SQUARED_ERROR, gaussianLikelihood: at.LOSS_GAUSSIAN_LIKELIHOOD } as const;

/**
 * The kernel `training` with an instance and a memory of its own, for one thread: the data, room for all members, and the
 * batch of the member at work. Members are handed in and out packed; see `packMember`.
 */
export class KernelNetwork {
  readonly places: KernelPlaces;
  /** [batch], to be filled with what the next batch is picked of; see `drawBatch`. */
  readonly picks: Int32Array;
  private readonly kernel: TrainingKernel;
  /** Views of the memory, which grows no more. */
  private readonly floats: Float32Array;
  private readonly words: Int32Array;

  /**
   * @param module  the kernel, compiled
   * @throws RangeError when the network has more layers than the kernel can hold
   */
  constructor(
    module: WebAssembly.Module,
    private readonly plan: TrainingPlan & TrainingData,
  ) {
    const { layout } = plan;
    if (layout.layers.length > at.MOST_LAYERS)
      throw new RangeError(`The training kernel holds ${at.MOST_LAYERS} layers; this network has ${layout.layers.length}.`);
    this.places = layOut(plan);
    this.kernel = new WebAssembly.Instance(module, {}).exports as unknown as TrainingKernel;
    const { memory } = this.kernel;
    const missing = this.places.end - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    this.floats = new Float32Array(memory.buffer);
    this.words = new Int32Array(memory.buffer);
    this.picks = new Int32Array(memory.buffer, this.places.picks, plan.batch);
    this.kernel.prepare();
    this.describe();
    this.takeData();
  }

  /** Takes a member in. */
  take(member: number, packed: Float32Array): void {
    this.floats.set(packed, this.placeOf(member) >> 2);
  }
  /** Gives a member out. */
  give(member: number, packed: Float32Array): void {
    const from = this.placeOf(member) >> 2;
    packed.set(this.floats.subarray(from, from + ARRAYS_A_MEMBER * this.places.size));
  }

  /**
   * A step of one member on the batch of `picks`.
   *
   * @param steps  taken by the member so far, those before this training included
   * @returns      its loss before the step, summed over outputs; no step is taken when that is no number
   */
  step(member: number, steps: number, rate: number): number {
    const loss = this.lossAndGradient(member);
    if (!Number.isFinite(loss)) return loss;
    if (steps % TIDY_EVERY === 0) this.kernel.dropTiny();
    const { first, second } = corrections(steps + 1);
    const { weightDecay, gradientNorm } = this.plan;
    this.kernel.update(rate * first, second, rate * weightDecay, gradientNorm);
    return loss;
  }

  /** Loss of one member on the batch of `picks`, summed over outputs. Its gradient goes into `gradient`, in the order of the layout. */
  gradientOf(member: number, gradient: Float32Array): number {
    const loss = this.lossAndGradient(member);
    const from = this.places.gradient >> 2;
    const { layout, outputs } = this.plan;
    eachPiece(layout, this.places, outputs, member, (outside, inside, count) =>
      gradient.set(this.floats.subarray(from + inside, from + inside + count), outside),
    );
    return loss;
  }

  private placeOf(member: number): number {
    return this.places.members + 4 * member * ARRAYS_A_MEMBER * this.places.size;
  }
  private lossAndGradient(member: number): number {
    const { words, kernel } = this;
    const bytes = 4 * this.places.size;
    const parameters = this.placeOf(member);
    words[at.PARAMETERS >> 2] = parameters;
    words[at.FIRST_MOMENTS >> 2] = parameters + bytes;
    words[at.SECOND_MOMENTS >> 2] = parameters + 2 * bytes;
    kernel.gather();
    return kernel.gradient();
  }

  private takeData(): void {
    const { places, plan, floats } = this;
    const { X, Y, rows, mirror } = plan;
    const inputs = plan.layout.layers[0].inputs;
    const width = places.layers[0].inputs;
    for (let row = 0; row < rows; row++) {
      for (let d = 0; d < inputs; d++) floats[(places.allInputs >> 2) + row * width + d] = X[row * inputs + d];
      for (let o = 0; o < plan.outputs; o++) floats[(places.allTargets >> 2) + row * places.targetWidth + o] = Y[row * plan.outputs + o];
    }
    if (mirror === undefined) return;
    floats.set(mirror.inputs, places.inputSigns >> 2);
    floats.set(mirror.outputs, places.targetSigns >> 2);
  }

  /** Writes what stays the same for the kernel to read. */
  private describe(): void {
    const { words, floats, places, plan } = this;
    const word = (address: number, value: number) => (words[address >> 2] = value);
    const float = (address: number, value: number) => (floats[address >> 2] = value);
    word(at.LAYERS, places.layers.length);
    word(at.ACTIVATION, ACTIVATIONS[plan.activation]);
    word(at.LOSS, LOSSES[plan.loss]);
    word(at.SAMPLES, plan.batch);
    word(at.TILE, TILE);
    word(at.BATCH_INPUTS, places.inputs);
    word(at.BATCH_TARGETS, places.targets);
    word(at.GRADIENT, places.gradient);
    word(at.ZEROS, places.zeros);
    word(at.WANTED, places.wanted);
    word(at.DELTA, places.deltas[0]);
    word(at.OTHER_DELTA, places.deltas[1]);
    word(at.PARAMETER_BYTES, 4 * places.size);
    word(at.TARGET_BYTES, 4 * places.targetWidth);
    word(at.PICKS, places.picks);
    word(at.ALL_INPUTS, places.allInputs);
    word(at.ALL_TARGETS, places.allTargets);
    word(at.INPUT_SIGNS, places.inputSigns);
    word(at.TARGET_SIGNS, places.targetSigns);
    float(at.PER_SAMPLE, 1 / plan.batch);
    float(at.LEAST, LEAST_LOG_VARIANCE);
    float(at.MOST, MOST_LOG_VARIANCE);
    float(at.PULL, PULL_BACK);
    words.fill(-1, places.wanted >> 2, (places.wanted >> 2) + plan.outputs);
    places.layers.forEach((layer, l) => {
      const entry = at.LAYER_TABLE + l * at.LAYER_BYTES;
      word(entry + at.LAYER_INPUTS, layer.inputs);
      word(entry + at.LAYER_OUTPUTS, layer.outputs);
      word(entry + at.LAYER_USED, plan.layout.layers[l].inputs);
      word(entry + at.LAYER_WEIGHTS, 4 * layer.weights);
      word(entry + at.LAYER_BIASES, 4 * layer.biases);
      word(entry + at.LAYER_RESULTS, layer.results);
      word(entry + at.LAYER_SLOPES, layer.slopes);
      word(entry + at.LAYER_TRANSPOSED, layer.transposed);
    });
  }
}
