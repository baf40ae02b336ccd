import { beforeAll, describe, expect, test } from 'vitest';
import { loadKernels } from '../../../src/main/workers/kernels';
import { chooseTensorBackend } from '../../../src/main/workers/tensors';
import { randomStream } from '../../../src/shared/math/random';
import type { Activation } from '../../../src/shared/models/network/activation';
import { freshMoments, type Moments } from '../../../src/shared/models/network/adamW';
import { lossAndGradient } from '../../../src/shared/models/network/gradient';
import { KernelNetwork } from '../../../src/shared/models/network/kernelNetwork';
import { packMember, unpackMember } from '../../../src/shared/models/network/kernelPlaces';
import { kernelTrainer } from '../../../src/shared/models/network/kernelTrainer';
import { eachRun, networkLayout } from '../../../src/shared/models/network/layout';
import type { NetworkLoss } from '../../../src/shared/models/network/loss';
import { tensorTrainer } from '../../../src/shared/models/network/tensorTrainer';
import { initialParameters, train, type Training } from '../../../src/shared/models/network/train';
import { setNetworkTrainer, type NetworkTrainer } from '../../../src/shared/models/network/trainer';
import type { TrainingPlan } from '../../../src/shared/models/network/course';
import { PlainNetwork } from './plainNetwork';

const portable = loadKernels().module('training', 'portable');

interface Case {
  readonly activation?: Activation;
  readonly loss?: NetworkLoss;
  readonly inputs?: number;
  readonly widths?: readonly number[];
  readonly outputs?: number;
  readonly batch?: number;
  readonly members?: number;
  readonly gradientNorm?: number;
}
/** A network, and a stream of batches for it whose targets follow from the inputs. */
function prepared({
  activation = 'silu',
  loss = 'gaussianLikelihood',
  inputs = 5,
  widths = [33],
  outputs = 3,
  batch = 32,
  members = 2,
  gradientNorm = 10,
}: Case) {
  const layout = networkLayout(members, inputs, widths, outputs * (loss === 'gaussianLikelihood' ? 2 : 1));
  const plan: TrainingPlan = { layout, activation, loss, outputs, batch, weightDecay: 3e-3, gradientNorm };
  const parameters = initialParameters(layout, 5, { weightScale: 1.2, biasScale: 0.5, lastScale: 1 });
  const random = randomStream(6);
  const nextBatch = () => {
    const X = Float32Array.from({ length: members * batch * inputs }, () => random.normal());
    const Y = Float32Array.from({ length: members * batch * outputs }, (_, i) => {
      const row = Math.floor(i / outputs) * inputs;
      return Math.sin(X[row + (i % inputs)] + X[row]) + 0.1 * random.normal();
    });
    return { X, Y };
  };
  const part = (values: Float32Array, member: number) =>
    values.subarray((member * values.length) / members, ((member + 1) * values.length) / members);
  return { plan, parameters, nextBatch, part };
}

/** All members of a network in a kernel, and batches that each hold the members' own rows one after the other. */
class Members {
  private readonly network: KernelNetwork;
  private readonly taken: number[];

  constructor(
    private readonly plan: TrainingPlan,
    private readonly parameters: Float32Array,
    private readonly moments: Moments,
    batches: readonly { readonly X: Float32Array; readonly Y: Float32Array }[],
  ) {
    const X = Float32Array.from(batches.flatMap((batch) => [...batch.X]));
    const Y = Float32Array.from(batches.flatMap((batch) => [...batch.Y]));
    this.network = new KernelNetwork(portable, { ...plan, X, Y, rows: Y.length / plan.outputs });
    this.taken = new Array<number>(plan.layout.members).fill(moments.steps);
    this.taken.forEach((_, member) => {
      const packed = new Float32Array(3 * this.network.places.size);
      packMember(plan, this.network.places, member, parameters, moments, packed);
      this.network.take(member, packed);
    });
  }
  gradientOf(member: number, batch: number, gradient: Float32Array): number {
    this.pick(member, batch);
    return this.network.gradientOf(member, gradient);
  }
  stepOf(member: number, batch: number, rate: number): number {
    this.pick(member, batch);
    return this.network.step(member, this.taken[member]++, rate);
  }
  bring(): void {
    this.taken.forEach((_, member) => {
      const packed = new Float32Array(3 * this.network.places.size);
      this.network.give(member, packed);
      unpackMember(this.plan, this.network.places, member, packed, this.parameters, this.moments);
    });
  }
  private pick(member: number, batch: number): void {
    const { batch: size, layout } = this.plan;
    this.network.picks.forEach((_, i, picks) => (picks[i] = 2 * ((batch * layout.members + member) * size + i)));
  }
}

const activations = ['silu', 'tanh', 'relu'] as const;
const losses = ['squaredError', 'gaussianLikelihood'] as const;
const shapes = [[5], [33], [5, 33], [33, 5], [64, 64], [12, 33, 5]] as const;

describe('the gradient of the kernels', () => {
  beforeAll(async () => void (await chooseTensorBackend('cpu')));

  test.each(activations.flatMap((activation) => losses.flatMap((loss) => shapes.map((widths) => ({ activation, loss, widths })))))(
    'agrees with that of TensorFlow.js: $activation, $loss, widths $widths',
    ({ activation, loss, widths }) => {
      for (const [inputs, outputs, batch] of [
        [5, 3, 70], // neither is a multiple of four, and a batch of more than one tile
        [8, 4, 64],
        [3, 1, 1],
      ]) {
        const { plan, parameters, nextBatch } = prepared({ activation, loss, widths, inputs, outputs, batch });
        const { layout } = plan;
        const { X, Y } = nextBatch();
        const wanted = new Float32Array(layout.size);
        const wantedLoss = lossAndGradient(layout, activation, loss, parameters, X, Y, batch, wanted);
        const training = new Members(plan, parameters, freshMoments(layout.size), [{ X, Y }]);
        const said = new Float32Array(layout.size);
        let sum = 0;
        for (let member = 0; member < layout.members; member++) sum += training.gradientOf(member, 0, said);
        expect(Math.abs(sum / (layout.members * outputs) - wantedLoss)).toBeLessThan(1e-5 * Math.max(0.1, Math.abs(wantedLoss)));
        for (let member = 0; member < layout.members; member++) {
          eachRun(layout, member, (from, to) => {
            // sums of 32 bits in another order differ by so much of the largest of their kind
            const scale = Math.max(...wanted.subarray(from, to).map(Math.abs));
            let worst = 0;
            for (let i = from; i < to; i++) worst = Math.max(worst, Math.abs(said[i] - wanted[i]));
            expect(worst).toBeLessThanOrEqual(1e-5 * scale);
          });
        }
      }
    },
  );

  test('log variances beyond their bounds are moved by the pull alone', () => {
    const { plan, parameters, nextBatch, part } = prepared({ outputs: 2, widths: [5] });
    const last = plan.layout.layers[1];
    for (let member = 0; member < 2; member++) {
      parameters[last.biases + member * 4 + 2] = -20;
      parameters[last.biases + member * 4 + 3] = 9;
    }
    const { X, Y } = nextBatch();
    const said = new Float32Array(plan.layout.size);
    const training = new Members(plan, parameters, freshMoments(plan.layout.size), [{ X, Y }]);
    for (let member = 0; member < 2; member++) {
      const plain = new PlainNetwork(plan, parameters, member);
      const loss = plain.lossAndGradient(part(X, member), part(Y, member));
      expect(Math.abs(training.gradientOf(member, 0, said) / loss - 1)).toBeLessThan(1e-6);
      const [low, high] = said.subarray(last.biases + member * 4 + 2, last.biases + member * 4 + 4);
      expect(low).toBeLessThan(-0.5); // 0.1 · (−20 + 8), give or take what the weights add
      expect(high).toBeGreaterThan(0.3);
      const own: number[] = [];
      eachRun(plan.layout, member, (from, to) => own.push(...said.subarray(from, to)));
      const scale = Math.max(...plain.gradient.map(Math.abs));
      own.forEach((value, i) => expect(Math.abs(value - plain.gradient[i])).toBeLessThan(1e-6 * scale));
    }
  });
});

describe('training by kernels', () => {
  test.each(losses.flatMap((loss) => activations.map((activation) => ({ loss, activation }))))(
    'follows 64-bit loops over five epochs: $activation, $loss',
    ({ loss, activation }) => {
      const { plan, parameters, nextBatch, part } = prepared({ loss, activation, widths: [33, 20], members: 2, gradientNorm: 1 });
      const data = Array.from({ length: 8 }, nextBatch);
      const training = new Members(plan, parameters, freshMoments(plan.layout.size), data);
      const plain = [0, 1].map((member) => new PlainNetwork(plan, parameters, member));
      for (let epoch = 0; epoch < 5; epoch++) {
        let [said, wanted] = [0, 0];
        data.forEach(({ X, Y }, batch) =>
          plain.forEach((network, member) => {
            said += training.stepOf(member, batch, 3e-3) / (6 * data.length);
            wanted += network.step(part(X, member), part(Y, member), 3e-3) / (6 * data.length);
          }),
        );
        expect(Math.abs(said / wanted - 1)).toBeLessThan(1e-5);
      }
    },
  );

  test('gives the same bits twice, and whatever order the members are trained in', () => {
    const { plan, parameters, nextBatch } = prepared({ widths: [33, 20], members: 3, batch: 70 });
    const data = Array.from({ length: 20 }, nextBatch);
    const trained = (order: (step: number) => readonly number[]) => {
      const [own, moments] = [parameters.slice(), freshMoments(plan.layout.size)];
      const training = new Members(plan, own, moments, data);
      data.forEach((_, batch) => order(batch).forEach((member) => training.stepOf(member, batch, 3e-3)));
      training.bring();
      return { own, moments };
    };
    const once = trained(() => [0, 1, 2]);
    expect(once.own).not.toEqual(parameters);
    expect(trained(() => [0, 1, 2])).toEqual(once);
    expect(trained((step) => [2, 1, 0].map((member) => (member + step) % 3))).toEqual(once);
  });

  test('goes on from given moments as from its own', () => {
    const { plan, parameters, nextBatch } = prepared({ loss: 'squaredError' });
    const data = Array.from({ length: 6 }, nextBatch);
    const trained = (parts: readonly (readonly number[])[]) => {
      const [own, moments] = [parameters.slice(), freshMoments(plan.layout.size)];
      for (const part of parts) {
        const training = new Members(plan, own, moments, data);
        for (const batch of part) for (const member of [0, 1]) training.stepOf(member, batch, 3e-3);
        training.bring();
        moments.steps += part.length;
      }
      return own;
    };
    expect(
      trained([
        [0, 1],
        [2, 3, 4, 5],
      ]),
    ).toEqual(trained([[0, 1, 2, 3, 4, 5]]));
  });

  describe('in place of TensorFlow.js', () => {
    beforeAll(async () => void (await chooseTensorBackend('cpu')));
    const trained = async (trainer: NetworkTrainer, changes: Partial<Training> = {}, look?: (parameters: Float32Array) => () => number) => {
      const layout = networkLayout(2, 3, [13], 2);
      const random = randomStream(9);
      const X = Float64Array.from({ length: 50 * 3 }, () => random.normal());
      const Y = Float64Array.from({ length: 50 * 2 }, (_, i) => Math.sin(X[3 * (i >> 1) + (i & 1)]));
      const parameters = initialParameters(layout, 5, { weightScale: 1.2, biasScale: 0.5, lastScale: 0.3 });
      const losses: number[] = [];
      setNetworkTrainer(trainer);
      await train(
        {
          ...{ layout, activation: 'silu', loss: 'squaredError', X, Y, rows: 50, bootstrap: true, steps: 100, rate: 3e-3, seed: 4 },
          ...{ constantShare: 0.5, finalShare: 0.02, batch: 64, leastBatch: 16, weightDecay: 3e-3, gradientNorm: 10 },
          mirror: { inputs: [-1, 1, -1], outputs: [-1, 1] },
          onProgress: ({ loss }) => losses.push(loss!),
          ...(look && { heldOut: look(parameters) }),
          ...changes,
        },
        parameters,
        freshMoments(layout.size),
      );
      return { parameters, losses };
    };

    test('sees the same batches in the same order', async () => {
      const [kernels, tensors] = [await trained(kernelTrainer(portable)), await trained(tensorTrainer)];
      expect(kernels.losses.length).toBe(10);
      kernels.losses.forEach((loss, i) => expect(Math.abs(loss / tensors.losses[i] - 1)).toBeLessThan(1e-5));
      kernels.parameters.forEach((value, i) => expect(Math.abs(value - tensors.parameters[i])).toBeLessThan(1e-4));
    });

    test('shows what was learned so far to the look at held-out data, and keeps the best', async () => {
      for (const trainer of [kernelTrainer(portable), tensorTrainer]) {
        for (const [errors, best] of [
          [[2, 1], 1],
          [[1, 2], 0],
        ] as const) {
          const seen: Float32Array[] = [];
          const look = (parameters: Float32Array) => () => errors[seen.push(parameters.slice()) - 1];
          const { parameters } = await trained(trainer, { steps: 60 }, look);
          expect(seen.length).toBe(2);
          expect(seen[0]).not.toEqual(seen[1]);
          expect(parameters).toEqual(seen[best]);
        }
      }
    });

    test('a training that diverges is told with its step', async () => {
      const said = (trainer: NetworkTrainer) =>
        trained(trainer, { rate: 1e30 }).then(
          () => 'nothing',
          (error: unknown) => (error as Error).message,
        );
      const message = await said(kernelTrainer(portable));
      expect(message).toMatch(/^The training of the network diverged at step \d+\. Lower its learning rate or its gradient norm\.$/);
      expect(message).toBe(await said(tensorTrainer));
    });
  });
});
