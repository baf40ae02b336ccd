import { beforeAll, describe, expect, test } from 'vitest';
import { chooseTensorBackend, TensorBackendMissing } from '../../src/main/workers/tensors';
import { randomStream } from '../../src/shared/math/random';
import { ensemble } from '../../src/shared/models';
import { activate } from '../../src/shared/models/network/activation';
import { adamW, freshMoments } from '../../src/shared/models/network/adamW';
import type { EnsembleModel } from '../../src/shared/models/network/ensembleModel';
import { Forward } from '../../src/shared/models/network/forward';
import { lossAndGradient } from '../../src/shared/models/network/gradient';
import { networkLayout } from '../../src/shared/models/network/layout';
import { initialParameters } from '../../src/shared/models/network/train';
import { tensorBackend, type TensorBackend } from '../../src/shared/models/tensorBackend';
import { requestOf, wander } from './wander';

const scales = { weightScale: 1.2, biasScale: 0.5, lastScale: 0.3 };
const names = ['native', 'wasm', 'cpu'] as const;
const loadable: { name: TensorBackend['name']; why?: string }[] = [];
for (const name of names) {
  try {
    await chooseTensorBackend(name);
    loadable.push({ name });
  } catch (error) {
    loadable.push({ name, why: error instanceof TensorBackendMissing ? error.message : String(error) });
  }
}

describe.each(loadable)('on the backend $name', ({ name, why }) => {
  if (why !== undefined) {
    test.skip(`is not here: ${why}`, () => {});
    return;
  }
  beforeAll(async () => void (await chooseTensorBackend(name)));

  test.each([
    ['silu', 'squaredError', 'together'],
    ['silu', 'squaredError', 'oneByOne'],
    ['tanh', 'squaredError', 'together'],
    ['relu', 'squaredError', 'oneByOne'],
    ['silu', 'gaussianLikelihood', 'together'],
    ['silu', 'gaussianLikelihood', 'oneByOne'],
  ] as const)('the gradient agrees with finite differences of the plain loops: %s, %s, members %s', (activation, loss, form) => {
    const [members, batch, D, O] = [2, 12, 3, 2];
    const heads = loss === 'squaredError' ? O : 2 * O;
    const layout = networkLayout(members, D, [7, 5], heads); // widths that are no multiples of four
    const parameters = initialParameters(layout, 5, { ...scales, lastScale: 1 });
    const random = randomStream(6);
    const X = Float32Array.from({ length: members * batch * D }, () => random.normal());
    const Y = Float32Array.from({ length: members * batch * O }, () => random.normal());
    const gradient = new Float32Array(layout.size);
    const said = lossAndGradient(layout, activation, loss, parameters, X, Y, batch, gradient, form);
    /** The same loss by the loops that predict, in 64 bits but for the parameters. */
    const plain = (given: Float32Array) => {
      const forward = new Forward(layout, given, heads, activation);
      let sum = 0;
      for (let member = 0; member < members; member++) {
        for (let i = 0; i < batch * D; i++) forward.inputs[i] = X[member * batch * D + i];
        forward.run(member, batch);
        for (let i = 0; i < batch; i++) {
          for (let o = 0; o < O; o++) {
            const error = forward.outputs[i * forward.outputWidth + o] - Y[(member * batch + i) * O + o];
            if (loss === 'squaredError') sum += 0.5 * error * error;
            else {
              const free = forward.outputs[i * forward.outputWidth + O + o];
              const held = Math.min(2, Math.max(-8, free));
              sum += 0.5 * (error * error * Math.exp(-held) + held) + 0.05 * (free - held) ** 2;
            }
          }
        }
      }
      return sum / batch;
    };
    expect(said).toBeCloseTo(plain(parameters) / (members * O), 5); // 32 bits against 64
    let checked = 0;
    for (let p = 0; p < layout.size; p += 3) {
      const shifted = (by: number) => {
        const other = parameters.slice();
        other[p] += by;
        return { at: other[p], loss: plain(other) };
      };
      const [up, down] = [shifted(1 / 64), shifted(-1 / 64)];
      const numeric = (up.loss - down.loss) / (up.at - down.at);
      // central differences err by the third derivative: wide steps because parameters have 32 bits; ReLU has kinks
      if (Math.abs(gradient[p] - numeric) < 2e-3 + 0.02 * Math.abs(numeric)) checked++;
    }
    const all = Math.ceil(layout.size / 3);
    expect(checked).toBeGreaterThanOrEqual(activation === 'relu' ? 0.9 * all : all);
  });

  test('the loss falls, and the network then knows more than that nothing moves', async () => {
    const data = wander('pendulum', 120, 7);
    const losses: number[] = [];
    const model = await ensemble.fit({
      ...requestOf('pendulum', ensemble, data, { firstSteps: 150, members: 2, widths: [32] }),
      onProgress: ({ loss }) => losses.push(loss!),
    });
    expect(losses.at(-1)!).toBeLessThan(losses[0] / 10);
    const next = data.states.slice();
    model.predict(next, data.actions, data.count, -1);
    let [error, change] = [0, 0];
    for (let i = 0; i < data.count; i++) {
      error += (next[2 * i + 1] - data.nexts[2 * i + 1]) ** 2;
      change += (data.states[2 * i + 1] - data.nexts[2 * i + 1]) ** 2;
    }
    expect(error / change).toBeLessThan(0.05);
  });

  test('three hundred steps of three members: how long', async () => {
    const request = requestOf('cartPole', ensemble, wander('cartPole', 100, 15), { laterSteps: name === 'cpu' ? 30 : 300, firstSteps: 10 });
    const previous = await ensemble.fit(request);
    const from = process.cpuUsage();
    await ensemble.fit({ ...request, previous });
    const { user, system } = process.cpuUsage(from);
    console.log(`${name}: ${((user + system) / 1000 / (request.settings['laterSteps'] as number)).toFixed(2)} ms of processor time a step`);
  });

  test('leaves no tensors behind', async () => {
    const tf = await import('@tensorflow/tfjs-core');
    const before = tf.memory().numTensors;
    await ensemble.fit(requestOf('pendulum', ensemble, wander('pendulum', 30, 8), { firstSteps: 20 }));
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('the best backend that loads is chosen, and says why it is not a better one', async () => {
  const chosen = await chooseTensorBackend('auto');
  const first = loadable.find(({ why }) => why === undefined)!;
  expect(chosen.name).toBe(first.name);
  for (const { name, why } of loadable.slice(0, loadable.indexOf(first))) {
    expect(why).toMatch(new RegExp(`"${name}" cannot be used here`));
    expect(chosen.reason).toContain(`${name}: `);
  }
  expect(tensorBackend()).toEqual(chosen);
});

test('tables of activations are within 2e-6 everywhere, and follow the tails', () => {
  const exact = { silu: (x: number) => x / (1 + Math.exp(-x)), tanh: Math.tanh, relu: (x: number) => Math.max(0, x) };
  for (const activation of ['silu', 'tanh', 'relu'] as const) {
    const xs = Float64Array.from({ length: 8001 }, (_, i) => (i - 4000) / 200 + 1e-4);
    const values = xs.slice();
    activate(activation, values, values.length);
    xs.forEach((x, i) => expect(Math.abs(values[i] - exact[activation](x))).toBeLessThan(2e-6));
    const odd = Float64Array.of(NaN, 1e6, -1e6);
    activate(activation, odd, 3);
    expect([...odd]).toEqual([NaN, activation === 'tanh' ? 1 : 1e6, activation === 'tanh' ? -1 : 0]);
  }
});

test('AdamW steps by the rate at first, pulls weights to zero, and cuts the gradient of each member on its own', () => {
  const layout = networkLayout(2, 1, [1], 1); // parameters: w1 [2], b1 [2], w2 [2], b2 [2]
  const parameters = new Float32Array(8).fill(1);
  const gradient = Float32Array.of(1e6, 1, 0, 0, 0, 0, 0, 0);
  const moments = freshMoments(8);
  adamW(layout, parameters, gradient, moments, 0.01, 0.1, 10);
  expect(parameters[0]).toBeCloseTo(1 - 0.01 * (1 + 0.1), 6); // the first step is the sign of the gradient
  expect(parameters[1]).toBeCloseTo(1 - 0.01 * (1 + 0.1), 6);
  expect(parameters[2]).toBeCloseTo(1 - 0.01 * 0.1, 6);
  expect(moments.first[0]).toBeCloseTo(0.1 * 10, 5); // cut to the norm of 10
  expect(moments.first[1]).toBeCloseTo(0.1, 6); // the other member's is left alone
});

describe('warm starts and members', () => {
  beforeAll(async () => void (await chooseTensorBackend('auto')));

  test('a warm start says the same as before when its training does nothing, although the targets have another size now', async () => {
    const data = wander('cartPole', 200, 9);
    const first = await ensemble.fit(requestOf('cartPole', ensemble, data.head(40), { firstSteps: 50 }));
    const again = (await ensemble.fit({
      ...requestOf('cartPole', ensemble, data, { laterSteps: 1, laterRate: 1e-6, weightDecay: 0 }),
      previous: first,
    })) as EnsembleModel;
    expect(again.shape.scales).not.toEqual((first as EnsembleModel).shape.scales);
    const [a, b] = [data.states.slice(0, 80), data.states.slice(0, 80)];
    first.predict(a, data.actions, 20, -1);
    again.predict(b, data.actions, 20, -1);
    a.forEach((value, i) => expect(Math.abs(b[i] - value)).toBeLessThan(1e-4));
  });

  test('the mean is the mean of the members, and they disagree more where there is no data', async () => {
    const data = wander('pendulum', 100, 10);
    const model = await ensemble.fit(requestOf('pendulum', ensemble, data, { firstSteps: 300, members: 3 }));
    expect(model.members).toBe(3);
    const state = Float64Array.of(1, 2);
    const next = (member: number) => {
      const copy = state.slice();
      model.predict(copy, Float64Array.of(0.3), 1, member);
      return copy;
    };
    const mean = [0, 1].map((c) => (next(0)[c] + next(1)[c] + next(2)[c]) / 3);
    expect(next(-1)[0]).toBeCloseTo(mean[0], 12);
    expect(next(-1)[1]).toBeCloseTo(mean[1], 12);
    const spreadAt = (angle: number, rate: number) => {
      const out = new Float64Array(2);
      model.spread!(Float64Array.of(angle, rate), Float64Array.of(0), 1, out);
      return out[1];
    };
    const row = 50;
    expect(spreadAt(data.states[2 * row], 35)).toBeGreaterThan(5 * spreadAt(data.states[2 * row], data.states[2 * row + 1]));
  });

  test('one network states no uncertainty', async () => {
    const model = await ensemble.fit(requestOf('pendulum', ensemble, wander('pendulum', 30, 11), { firstSteps: 10, members: 1 }));
    expect(model.spread).toBeUndefined();
  });

  test('other settings of the networks train too: bootstrap, mirrored samples, the Gaussian likelihood', async () => {
    const data = wander('pendulum', 100, 12);
    for (const settings of [{ bootstrap: true }, { symmetry: 'augmentation' }, { symmetry: 'none' }, { loss: 'gaussianLikelihood' }]) {
      const losses: number[] = [];
      await ensemble.fit({
        ...requestOf('pendulum', ensemble, data, { firstSteps: 150, members: 2, widths: [24, 24], ...settings }),
        onProgress: ({ loss }) => losses.push(loss!),
      });
      expect(losses.at(-1)!).toBeLessThan(losses[0] - 0.2 * Math.abs(losses[0]));
    }
  });

  test('held-out data is reported and never trained on', async () => {
    const data = wander('pendulum', 100, 13);
    const request = requestOf('pendulum', ensemble, data, { firstSteps: 50, members: 1, widths: [16] }); // one look, at the end
    let heldOut: number | undefined;
    const told = await ensemble.fit({
      ...request,
      heldOut: wander('pendulum', 50, 14),
      onProgress: (progress) => (heldOut = progress.heldOut ?? heldOut),
    });
    expect(heldOut).toBeGreaterThan(0);
    expect(heldOut).toBeLessThan(1.5);
    const untold = await ensemble.fit(request);
    expect(new Uint8Array(told.save().weights)).toEqual(new Uint8Array(untold.save().weights));
  });

  test('training stops when the held-out error falls no more, and the parameters are those of its least', async () => {
    // A large network on a handful of noisy transitions learns them by heart; other transitions tell.
    const data = wander('pendulum', 12, 15);
    for (let i = 0; i < data.count; i++) data.nexts[2 * i + 1] += 0.4 * Math.sin(7 * i);
    const request = requestOf('pendulum', ensemble, data, {
      firstSteps: 1500,
      members: 1,
      widths: [64, 64],
      weightDecay: 0,
      symmetry: 'none',
    });
    const others = wander('pendulum', 200, 16);
    const seen: { done: number; heldOut: number }[] = [];
    const early = await ensemble.fit({
      ...request,
      heldOut: others,
      onProgress: ({ done, heldOut }) => void (heldOut !== undefined && seen.push({ done, heldOut })),
    });
    const least = Math.min(...seen.map(({ heldOut }) => heldOut));
    expect(seen.at(-1)!.done).toBeLessThan(1500);
    expect(seen.at(-1)!.done - seen.find(({ heldOut }) => heldOut === least)!.done).toBe(500);
    const rateError = (model: typeof early) => {
      const states = others.states.slice();
      model.predict(states, others.actions, others.count, -1);
      return Math.sqrt(others.nexts.reduce((sum, next, i) => sum + (i % 2 === 1 ? (states[i] - next) ** 2 : 0), 0) / others.count);
    };
    expect(rateError(early)).toBeLessThan(rateError(await ensemble.fit(request)));
  });
});
