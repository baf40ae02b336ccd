import { Matrix, solve } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import { SplineGains } from '../../src/shared/estimators/splineGains';

const description = { period: 0.05, readings: 4, window: 10, lag: 4, noise: 1e-3, accelerations: 15, startRate: 0.02 };
const gains = new SplineGains(description);

/** The same problem as one tall least-squares system, solved by QR in another library; states at all knots. */
function knotsByQr(readings: Float64Array, length: number, rateSpread: number): { position: number; rate: number }[] {
  const { period, noise, accelerations } = description;
  const rows: number[][] = [];
  const wanted: number[] = [];
  for (let i = 0; i <= length * 4; i++) {
    const time = i * (period / 4);
    const row = [1, time];
    for (let j = 0; j < length; j++) {
      // twice integrated: a unit acceleration during period j only
      const a = Math.min(Math.max(time - j * period, 0), period);
      row.push((a * a) / 2 + a * Math.max(0, time - (j + 1) * period));
    }
    rows.push(row.map((value) => value / noise));
    wanted.push(readings[i] / noise);
  }
  rows.push([0, 1 / rateSpread, ...Array<number>(length).fill(0)]);
  wanted.push(0);
  for (let j = 0; j < length; j++) {
    rows.push(Array.from({ length: length + 2 }, (_, c) => (c === j + 2 ? 1 / accelerations : 0)));
    wanted.push(0);
  }
  const [p0, v0, ...a] = solve(new Matrix(rows), Matrix.columnVector(wanted)).to1DArray();
  const knots = [{ position: p0, rate: v0 }];
  for (const acceleration of a) {
    const { position, rate } = knots[knots.length - 1];
    knots.push({ position: position + period * rate + (period * period * acceleration) / 2, rate: rate + period * acceleration });
  }
  return knots;
}

describe('the gains of the acceleration spline', () => {
  test.each([
    [1, true],
    [4, true],
    [5, true],
    [10, true],
    [3, false],
    [10, false],
  ])('are the least-squares path over %i periods (from rest: %s)', (length, fromRest) => {
    const readings = Float64Array.from({ length: 41 }, (_, i) => 3 + Math.sin(i * 0.13) + 0.001 * Math.sin(i * 12.9898));
    const out = new Float64Array(6);
    gains.apply(readings, length, fromRest, out);
    const knots = knotsByQr(readings, length, fromRest ? 0.02 : 100);
    const [end, before, after] = [knots[length], knots[Math.max(0, length - 5)], knots[Math.max(0, length - 4)]];
    for (const [i, value] of [end.position, end.rate, before.position, before.rate, after.position, after.rate].entries()) {
      expect(out[i]).toBeCloseTo(value, 8);
    }
  });

  test('reproduce a path of their own kind but for the pull of the small-acceleration belief', () => {
    const readings = Float64Array.from({ length: 41 }, (_, i) => 0.5 * 2 * (i * 0.0125) ** 2); // 2 m/s² from rest
    const out = new Float64Array(6);
    gains.apply(readings, 10, true, out);
    expect(out[0]).toBeCloseTo(0.25, 4);
    expect(out[1]).toBeCloseTo(1, 2);
  });

  test('keep full precision however far the coordinate has travelled', () => {
    const near = Float64Array.from({ length: 41 }, (_, i) => Math.sin(i * 0.1));
    const far = near.map((value) => value + 4096); // the readings themselves lose 2^-41 there
    const [a, b] = [new Float64Array(6), new Float64Array(6)];
    gains.apply(near, 10, false, a);
    gains.apply(far, 10, false, b);
    expect(b[1]).toBeCloseTo(a[1], 9);
  });
});
