import { describe, expect, test } from 'vitest';
import { exp } from '../../../src/shared/math/elementary';
import { randomStream } from '../../../src/shared/math/random';
import { gaussianProcess } from '../../../src/shared/models';
import { Features } from '../../../src/shared/models/features';
import { compressedMean, type CompressedMean } from '../../../src/shared/models/gaussian/compress';
import { KernelSum } from '../../../src/shared/models/gaussian/kernelSum';
import { GaussianProcessModel } from '../../../src/shared/models/gaussian/posterior';
import type { Prior } from '../../../src/shared/models/model';
import { cartPole, pendulum } from '../../../src/shared/plants';
import { requestOf, wander } from '../wander';

const random = randomStream(17);
const normals = (count: number, size: number) => Float64Array.from({ length: count }, () => size * random.normal());

/** A mean of 120 random points and targets under length scales about 3, with noise 0.1. */
function example(priors: readonly Prior[], parity: -1 | 0 | 1) {
  const features = new Features(cartPole, 10, 0.05, priors);
  const D = features.inputs.length;
  const n = 120;
  const X = normals(n * D, 0.5);
  const h = Float64Array.from([...features.inputs.map(() => 1.1 + 0.3 * random.normal()), 0.5, -2.3]);
  const y = Float64Array.from({ length: n }, (_, i) => X[i * D + 1]! * X[i * D]! + 0.1 * random.normal());
  const outputs = features.outputs.map((output) => ({ ...output, mirrorSign: parity === 0 ? (1 as const) : parity }));
  const asked = Object.assign(Object.create(Features.prototype) as Features, features, { outputs });
  const { weights } = GaussianProcessModel.solve(asked, 0, X, n, [h], y, 1e-6);
  const signs = features.inputs.map(({ mirrorSign }) => mirrorSign);
  const sumOf = (points: ArrayLike<number>, w: Float64Array) => {
    const kept = Float64Array.from(Array.from(points).flatMap((p) => [...X.subarray(p * D, (p + 1) * D)]));
    return new KernelSum(kept, w.length, features.inputs, h, w, 1, parity);
  };
  const all = sumOf(
    Array.from({ length: n }, (_, i) => i),
    weights,
  );
  const compress = (tolerance: number): CompressedMean => compressedMean(X, signs, h, weights, parity, tolerance);
  return { D, n, all, sumOf, compress };
}

describe.each<[string, readonly Prior[], -1 | 0 | 1]>([
  ['odd', ['integrates', 'placeFree', 'mirror'], -1],
  ['even', ['integrates', 'placeFree', 'mirror'], 1],
  ['without a mirror', ['integrates'], 0],
])('a mean on fewer points, %s', (_name, priors, parity) => {
  test('stays within its bound at inputs near and far, and takes more points for a smaller one', () => {
    const { D, n, all, sumOf, compress } = example(priors, parity);
    let before = 0;
    for (const tolerance of [0.4, 0.1, 0.03]) {
      const { points, weights, bound } = compress(tolerance);
      expect(bound).toBeLessThanOrEqual(tolerance * 1.001);
      expect(points.length).toBeGreaterThan(before);
      expect(points.length).toBeLessThan(n);
      before = points.length;
      const fewer = sumOf(points, weights);
      let most = 0;
      for (let trial = 0; trial < 2000; trial++) {
        const z = normals(D, trial % 2 === 0 ? 0.5 : 2);
        most = Math.max(most, Math.abs(fewer.evaluate(z, 0) - all.evaluate(z, 0)));
      }
      expect(most).toBeLessThan(bound);
      expect(most).toBeGreaterThan(bound / 200); // the bound is pessimistic, not empty
    }
  });
  test('all points come back as they are when nothing may move', () => {
    const { n, compress } = example(priors, parity);
    const { points, bound } = compress(0);
    expect([points.length, bound]).toEqual([n, 0]);
  });
});

test('a fit of a pendulum with measurement noise keeps less than half of its points at half of the noise', async () => {
  const model = (await gaussianProcess.fit(requestOf(pendulum, gaussianProcess, wander(pendulum, 200, 5, 1)))) as GaussianProcessModel;
  const h = model.hyper[0]!;
  const signs = model.features.inputs.map(({ mirrorSign }) => mirrorSign);
  const { points } = compressedMean(model.X, signs, h, model.weights[0]!, model.parityOf(0), 0.5 * exp(h[h.length - 1]!));
  expect(points.length).toBeLessThan(100); // 27 here
  expect(new Set(points).size).toBe(points.length);
});
