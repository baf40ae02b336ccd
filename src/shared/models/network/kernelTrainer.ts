import { corrections, type Moments } from './adamW';
import * as at from './kernelLayout';
import { eachPiece, layOut, TILE, type KernelPlaces } from './kernelPlaces';
import { LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE, PULL_BACK } from './loss';
import type { NetworkTrainer, TrainingPlan, TrainingRun } from './trainer';

/**
 * Trains by the kernel `training`. The results of its portable build depend neither on the engine nor on the order in which
 * members are trained.
 *
 * @param module  the kernel, compiled; each training has an instance and a memory of its own
 */
export const kernelTrainer = (module: WebAssembly.Module): NetworkTrainer => ({
  name: 'kernels',
  begin: (plan, parameters, moments) => new KernelTraining(module, plan, parameters, moments),
});

/** What the kernel exports; see src/kernels/training.ts. */
interface TrainingKernel {
  readonly memory: WebAssembly.Memory;
  prepare(): void;
  gradient(): number;
  update(rate1: number, correction2: number, decay: number, norm: number): void;
  dropTiny(): void;
}

const PAGE = 65536;
/** Steps between two looks for moments that have become tiny. */
const TIDY_EVERY = 32;
const ACTIVATIONS = { silu: at.ACTIVATION_SILU, tanh: at.ACTIVATION_TANH, relu: at.ACTIVATION_RELU } as const;
const LOSSES = { squaredError: at.LOSS_SQUARED_ERROR, gaussianLikelihood: at.LOSS_GAUSSIAN_LIKELIHOOD } as const;

/** A network in the memory of a kernel: all members' parameters and moments, and the batch of the member at work. */
export class KernelTraining implements TrainingRun {
  private readonly kernel: TrainingKernel;
  private readonly places: KernelPlaces;
  /** Views of the memory, which grows no more. */
  private readonly floats: Float32Array;
  private readonly words: Int32Array;
  /** Steps taken by each member, those before this training included. */
  private readonly steps: number[];

  /** @throws RangeError when the network has more layers than the kernel can hold */
  constructor(
    module: WebAssembly.Module,
    private readonly plan: TrainingPlan,
    private readonly parameters: Float32Array,
    private readonly moments: Moments,
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
    this.kernel.prepare();
    this.describe();
    this.steps = Array.from({ length: layout.members }, () => moments.steps);
    const { first, second } = this.places;
    for (let member = 0; member < layout.members; member++) {
      this.eachPiece(member, (outside, inside, count) => {
        this.take(parameters, outside, this.places.parameters, member, inside, count);
        this.take(moments.first, outside, first, member, inside, count);
        this.take(moments.second, outside, second, member, inside, count);
      });
    }
  }

  step(inputs: Float32Array, targets: Float32Array, rate: number): number {
    const { layout, outputs } = this.plan;
    let sum = 0;
    for (let member = 0; member < layout.members; member++) sum += this.stepOf(member, inputs, targets, rate);
    return sum / (layout.members * outputs);
  }

  /** A step of one member, on its part of the batch. Returns its loss, summed over outputs; no step when that is no number. */
  stepOf(member: number, inputs: Float32Array, targets: Float32Array, rate: number): number {
    const loss = this.lossAndGradientOf(member, inputs, targets);
    if (!Number.isFinite(loss)) return loss;
    const steps = ++this.steps[member];
    if (steps % TIDY_EVERY === 0) this.kernel.dropTiny();
    const { first, second } = corrections(steps);
    const { weightDecay, gradientNorm } = this.plan;
    this.kernel.update(rate * first, second, rate * weightDecay, gradientNorm);
    return loss;
  }

  /** Loss of one member on its part of the batch, summed over outputs. Its gradient goes into `gradient`, in the order of the layout. */
  gradientOf(member: number, inputs: Float32Array, targets: Float32Array, gradient: Float32Array): number {
    const loss = this.lossAndGradientOf(member, inputs, targets);
    const from = this.places.gradient >> 2;
    this.eachPiece(member, (outside, inside, count) => gradient.set(this.floats.subarray(from + inside, from + inside + count), outside));
    return loss;
  }

  bring(): void {
    const { parameters, moments, places } = this;
    for (let member = 0; member < this.plan.layout.members; member++) {
      this.eachPiece(member, (outside, inside, count) => {
        this.give(parameters, outside, places.parameters, member, inside, count);
        this.give(moments.first, outside, places.first, member, inside, count);
        this.give(moments.second, outside, places.second, member, inside, count);
      });
    }
    moments.steps = Math.max(...this.steps);
  }

  private lossAndGradientOf(member: number, inputs: Float32Array, targets: Float32Array): number {
    const { words, places, plan } = this;
    const offset = 4 * member * places.size;
    words[at.PARAMETERS >> 2] = places.parameters + offset;
    words[at.FIRST_MOMENTS >> 2] = places.first + offset;
    words[at.SECOND_MOMENTS >> 2] = places.second + offset;
    this.fill(places.inputs, places.layers[0].inputs, inputs, member, plan.layout.layers[0].inputs);
    this.fill(places.targets, places.targetWidth, targets, member, plan.outputs);
    return this.kernel.gradient();
  }

  /** Copies a member's rows of `width` numbers to rows of `paddedWidth`. */
  private fill(place: number, paddedWidth: number, values: Float32Array, member: number, width: number): void {
    const { floats } = this;
    const { batch } = this.plan;
    let from = member * batch * width;
    for (let i = 0, row = place >> 2; i < batch; i++, row += paddedWidth) {
      for (let d = 0; d < width; d++) floats[row + d] = values[from++];
    }
  }

  private eachPiece(member: number, use: (outside: number, inside: number, count: number) => void): void {
    eachPiece(this.plan.layout, this.places, this.plan.outputs, member, use);
  }
  private take(values: Float32Array, outside: number, place: number, member: number, inside: number, count: number): void {
    this.floats.set(values.subarray(outside, outside + count), (place >> 2) + member * this.places.size + inside);
  }
  private give(values: Float32Array, outside: number, place: number, member: number, inside: number, count: number): void {
    const from = (place >> 2) + member * this.places.size + inside;
    values.set(this.floats.subarray(from, from + count), outside);
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
