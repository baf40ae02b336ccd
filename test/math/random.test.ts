import { expect, test } from 'vitest';
import { randomStream, streamKey, uniform } from '../../src/shared/math/random';

const moments = (xs: number[]) => {
  const mean = xs.reduce((a, b) => a + b, 0) / xs.length;
  return { mean, variance: xs.reduce((a, b) => a + (b - mean) ** 2, 0) / xs.length };
};

test('a stream is uniform: mean, variance and every sixteenth within chance', () => {
  const key = streamKey(7, 1, 2, 3);
  const xs = Array.from({ length: 200_000 }, (_, i) => uniform(key, i));
  const { mean, variance } = moments(xs);
  expect(Math.abs(mean - 0.5)).toBeLessThan(0.003); // 4 standard errors
  expect(Math.abs(variance - 1 / 12)).toBeLessThan(0.001);
  const counts = new Array<number>(16).fill(0);
  for (const x of xs) counts[Math.floor(x * 16)]!++;
  const chiSquare = counts.reduce((sum, n) => sum + (n - 12_500) ** 2 / 12_500, 0);
  expect(chiSquare).toBeLessThan(45); // 15 degrees of freedom: 1 in 10,000
});
test('normals have mean 0, variance 1 and honest tails', () => {
  const random = randomStream(streamKey(3, 0, 0, 0));
  const xs = Array.from({ length: 200_000 }, () => random.normal());
  const { mean, variance } = moments(xs);
  expect(Math.abs(mean)).toBeLessThan(0.01);
  expect(Math.abs(variance - 1)).toBeLessThan(0.015);
  const beyond = xs.filter((x) => Math.abs(x) > 3).length / xs.length;
  expect(Math.abs(beyond - 0.0027)).toBeLessThan(0.0006);
});
test('neighbouring streams and neighbouring numbers are uncorrelated', () => {
  const n = 50_000;
  const correlation = (a: (i: number) => number, b: (i: number) => number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (a(i) - 0.5) * (b(i) - 0.5) * 12;
    return sum / n;
  };
  const stream = (seed: number, a: number, b: number, c: number) => {
    const key = streamKey(seed, a, b, c);
    return (i: number) => uniform(key, i);
  };
  const base = stream(1, 0, 0, 0);
  for (const other of [stream(2, 0, 0, 0), stream(1, 1, 0, 0), stream(1, 0, 1, 0), stream(1, 0, 0, 1), (i: number) => base(i + 1)])
    expect(Math.abs(correlation(base, other))).toBeLessThan(0.02); // 4.5 standard errors
  expect(
    Math.abs(
      correlation(
        (i) => stream(1, 0, 0, i)(0),
        (i) => stream(1, 0, 0, i + 1)(0),
      ),
    ),
  ).toBeLessThan(0.02);
});
test('seeds beyond 32 bits count in full', () => {
  expect(streamKey(5, 0, 0, 0)).not.toBe(streamKey(5 + 2 ** 32, 0, 0, 0));
});
