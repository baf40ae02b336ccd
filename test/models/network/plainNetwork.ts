import type { Activation } from '../../../src/shared/models/network/activation';
import type { NetworkLoss } from '../../../src/shared/models/network/loss';
import { eachRun } from '../../../src/shared/models/network/layout';
import type { TrainingPlan } from '../../../src/shared/models/network/course';

/** One member in plain 64-bit loops: the loss of a batch, its gradient, and AdamW, as the documents of the product say them. */
export class PlainNetwork {
  /** Of the member, in the order of the layout: weights and biases, layer after layer. */
  readonly parameters: Float64Array;
  readonly gradient: Float64Array;
  private readonly first: Float64Array;
  private readonly second: Float64Array;
  private steps = 0;

  constructor(
    private readonly plan: TrainingPlan,
    initial: Float32Array,
    member: number,
  ) {
    const own: number[] = [];
    eachRun(plan.layout, member, (from, to) => own.push(...initial.subarray(from, to)));
    this.parameters = Float64Array.from(own);
    this.gradient = new Float64Array(own.length);
    this.first = new Float64Array(own.length);
    this.second = new Float64Array(own.length);
  }

  /** @returns the loss, summed over outputs and averaged over samples; the gradient is then in `gradient` */
  lossAndGradient(inputs: ArrayLike<number>, targets: ArrayLike<number>): number {
    const { activation, loss, outputs, batch } = this.plan;
    const layers = this.plan.layout.layers;
    const { parameters, gradient } = this;
    gradient.fill(0);
    const starts: number[] = [];
    let size = 0;
    for (const layer of layers) {
      starts.push(size);
      size += layer.inputs * layer.outputs + layer.outputs;
    }
    let sum = 0;
    for (let sample = 0; sample < batch; sample++) {
      const values = [Array.from({ length: layers[0].inputs }, (_, d) => inputs[sample * layers[0].inputs + d])];
      const slopes: number[][] = [];
      layers.forEach((layer, l) => {
        const at = starts[l];
        const sums = Array.from({ length: layer.outputs }, (_, o) => parameters[at + layer.inputs * layer.outputs + o]);
        for (let k = 0; k < layer.inputs; k++) {
          for (let o = 0; o < layer.outputs; o++) sums[o] += values[l][k] * parameters[at + k * layer.outputs + o];
        }
        const last = l === layers.length - 1;
        slopes.push(sums.map((x) => (last ? 1 : activations[activation].slope(x))));
        values.push(sums.map((x) => (last ? x : activations[activation].value(x))));
      });
      const of = lossOf[loss](
        values[layers.length],
        Array.from({ length: outputs }, (_, o) => targets[sample * outputs + o]),
      );
      sum += of.value;
      let delta = of.slopes.map((slope) => slope / batch);
      for (let l = layers.length - 1; l >= 0; l--) {
        const layer = layers[l];
        const at = starts[l];
        for (let o = 0; o < layer.outputs; o++) gradient[at + layer.inputs * layer.outputs + o] += delta[o];
        const before = new Array<number>(layer.inputs).fill(0);
        for (let k = 0; k < layer.inputs; k++) {
          for (let o = 0; o < layer.outputs; o++) {
            gradient[at + k * layer.outputs + o] += values[l][k] * delta[o];
            before[k] += parameters[at + k * layer.outputs + o] * delta[o];
          }
        }
        if (l > 0) delta = before.map((value, k) => value * slopes[l - 1][k]);
      }
    }
    return sum / batch;
  }

  step(inputs: ArrayLike<number>, targets: ArrayLike<number>, rate: number): number {
    const { parameters, gradient, first, second } = this;
    const { weightDecay, gradientNorm } = this.plan;
    const loss = this.lossAndGradient(inputs, targets);
    const length = Math.hypot(...gradient);
    const scale = length > gradientNorm ? gradientNorm / length : 1;
    this.steps++;
    for (let i = 0; i < parameters.length; i++) {
      const g = gradient[i] * scale;
      first[i] = 0.9 * first[i] + 0.1 * g;
      second[i] = 0.999 * second[i] + 0.001 * g * g;
      const m = first[i] / (1 - 0.9 ** this.steps);
      const v = second[i] / (1 - 0.999 ** this.steps);
      parameters[i] -= rate * (m / (Math.sqrt(v) + 1e-8) + weightDecay * parameters[i]);
    }
    return loss;
  }
}

const activations: Record<Activation, { value(x: number): number; slope(x: number): number }> = {
  silu: {
    value: (x) => x / (1 + Math.exp(-x)),
    slope(x) {
      const s = 1 / (1 + Math.exp(-x));
      return s + x * s * (1 - s);
    },
  },
  tanh: { value: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
  relu: { value: (x) => Math.max(0, x), slope: (x) => (x > 0 ? 1 : 0) },
};

/** Loss of one sample and its slopes by the network's outputs. */
const lossOf: Record<NetworkLoss, (f: readonly number[], y: readonly number[]) => { value: number; slopes: number[] }> = {
  squaredError: (f, y) => ({
    value: y.reduce((sum, target, o) => sum + 0.5 * (f[o] - target) ** 2, 0),
    slopes: y.map((target, o) => f[o] - target),
  }),
  gaussianLikelihood(f, y) {
    const slopes = new Array<number>(f.length).fill(0);
    let value = 0;
    y.forEach((target, o) => {
      const free = f[y.length + o];
      const held = Math.min(2, Math.max(-8, free));
      const error = f[o] - target;
      const misfit = error * error * Math.exp(-held);
      value += 0.5 * (misfit + held) + 0.05 * (free - held) ** 2;
      slopes[o] = error * Math.exp(-held);
      slopes[y.length + o] = (free === held ? 0.5 * (1 - misfit) : 0) + 0.1 * (free - held);
    });
    return { value, slopes };
  },
};
