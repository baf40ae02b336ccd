import { expect, test } from 'vitest';
import { cos, exp, log, sin } from '../../src/shared/math/elementary';

/** Distance in units of the last place of the wanted value. */
function ulps(got: number, wanted: number): number {
  if (got === wanted) return 0;
  const bits = new Float64Array([Math.abs(wanted)]);
  const whole = new BigInt64Array(bits.buffer);
  const below = bits[0]!;
  whole[0]! += 1n;
  return Math.abs(got - wanted) / (bits[0]! - below);
}
function worst(f: (x: number) => number, oracle: (x: number) => number, from: number, to: number): number {
  let most = 0;
  for (let i = 0; i < 20001; i++) {
    const x = from + ((to - from) * i) / 20000;
    most = Math.max(most, ulps(f(x), oracle(x)));
  }
  return most;
}

test('exp agrees with the built-in one within 3 units in the last place', () => {
  expect(worst(exp, Math.exp, -1, 1)).toBeLessThanOrEqual(3);
  expect(worst(exp, Math.exp, -700, 700)).toBeLessThanOrEqual(3);
});
test('exp underflows to 0, overflows to Infinity and keeps NaN', () => {
  expect(exp(-800)).toBe(0);
  expect(exp(-Infinity)).toBe(0);
  expect(exp(720)).toBe(Infinity);
  expect(exp(Infinity)).toBe(Infinity);
  expect(exp(NaN)).toBeNaN();
  expect(ulps(exp(709.5), Math.exp(709.5))).toBeLessThanOrEqual(4);
});
test('log agrees with the built-in one within 3 units in the last place', () => {
  expect(worst(log, Math.log, 1e-6, 0.9)).toBeLessThanOrEqual(3);
  expect(worst(log, Math.log, 1.1, 1e6)).toBeLessThanOrEqual(3);
  expect(log(0)).toBe(-Infinity);
  expect(log(-1)).toBeNaN();
  expect(ulps(log(5e-324), Math.log(5e-324))).toBeLessThanOrEqual(3);
});
test('sin and cos agree with the built-in ones to 3e-16 over many turns', () => {
  for (const [f, oracle] of [
    [sin, Math.sin],
    [cos, Math.cos],
  ] as const) {
    for (let i = -20000; i <= 20000; i++) expect(Math.abs(f(i * 0.0501) - oracle(i * 0.0501))).toBeLessThan(3e-16);
    expect(f(NaN)).toBeNaN();
    expect(f(Infinity)).toBeNaN();
  }
  expect(sin(-0.3)).toBe(-sin(0.3)); // odd to the last bit: mirrored futures stay mirrored
  expect(cos(-0.3)).toBe(cos(0.3));
});
