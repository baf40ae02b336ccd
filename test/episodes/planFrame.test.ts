import { describe, expect, test } from 'vitest';
import { decodePlanFrame, encodePlanFrame, type PlanFrame } from '../../src/shared/episodes/planFrame';
import { randomStream } from '../../src/shared/math/random';

const random = randomStream(31);
const floats = (count: number) => Float32Array.from({ length: count }, () => random.normal());
function frameOf(rollouts: number, horizon: number, size: number, bandLevels: number): PlanFrame {
  const points = horizon + 1;
  return {
    id: 4_000_000_000,
    step: 160,
    time: 8.05,
    rollouts,
    horizon,
    period: Math.fround(0.05),
    cost: Math.fround(12.25),
    planMs: Math.fround(17.1),
    size,
    actions: floats(horizon),
    states: floats(points * size),
    band: floats(bandLevels * points * size),
    bandLevels,
    costs: floats(rollouts).sort().reverse(),
    tips: floats(rollouts * points * 2),
  };
}
const frame = frameOf(64, 24, 4, 4);

describe('a plan frame', () => {
  test.each<[string, PlanFrame]>([
    ['of a cart-pole with its band', frame],
    ['of a pendulum without a band', frameOf(40, 30, 2, 0)],
    ['without rollouts', frameOf(0, 24, 4, 4)],
    ['of a single step', frameOf(1, 1, 2, 0)],
    ['of the longest plan', frameOf(3, 4096, 2, 4)],
  ])('%s comes back as it was', (_what, original) => {
    expect(decodePlanFrame(encodePlanFrame(original))).toEqual(original);
  });
  test('keeps an infinite cost and a rollout that left the numbers', () => {
    const odd = { ...frame, cost: Infinity, costs: frame.costs.slice().fill(Infinity, 0, 3), tips: frame.tips.slice().fill(NaN, 0, 10) };
    expect(decodePlanFrame(encodePlanFrame(odd))).toEqual(odd);
  });
  test('has its bytes where its description says', () => {
    const bytes = encodePlanFrame(frame);
    const view = new DataView(bytes.buffer);
    expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('UPR1');
    expect([view.getUint32(4, true), view.getUint32(8, true), view.getUint16(12, true), view.getUint16(14, true)]).toEqual([
      frame.id,
      160,
      64,
      24,
    ]);
    expect([view.getUint16(28, true), view.getUint16(30, true), view.getFloat64(32, true)]).toEqual([4, 4, 8.05]);
    expect(view.getFloat32(40, true)).toBe(frame.actions[0]);
    expect(view.getFloat32(bytes.length - 4, true)).toBe(frame.tips.at(-1));
    expect(bytes.length).toBe(40 + 4 * (24 + 25 * 4 + 4 * 25 * 4 + 64 + 64 * 25 * 2));
  });
  test('is read where it lies: its tips are a view into the bytes, ready to be a vertex attribute', () => {
    const bytes = encodePlanFrame(frame);
    expect(decodePlanFrame(bytes).tips.buffer).toBe(bytes.buffer);
  });
  test.each([1, 2, 3, 5])('is read from bytes that lie %i off, whether they are a Buffer or not', (shift) => {
    const bytes = encodePlanFrame(frame);
    const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
    shifted.set(bytes);
    expect(decodePlanFrame(shifted)).toEqual(frame);
    expect(decodePlanFrame(Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift))).toEqual(frame);
  });
});

describe('what is no plan frame is refused in words', () => {
  const bytes = encodePlanFrame(frame);
  test('every frame that was cut short, or has a byte too many', () => {
    for (let length = 0; length < bytes.length; length += length < 64 ? 1 : 97)
      expect(() => decodePlanFrame(bytes.slice(0, length))).toThrow(RangeError);
    expect(() => decodePlanFrame(bytes.slice(0, 39))).toThrow(/mark is missing/);
    expect(() => decodePlanFrame(bytes.slice(0, -4))).toThrow(/64 rollouts and 24 steps has 15192 bytes; 15188 came/);
    expect(() => decodePlanFrame(Uint8Array.of(...bytes, 0))).toThrow(/15193 came/);
  });
  test('other bytes', () => {
    expect(() => decodePlanFrame(new Uint8Array(100))).toThrow(/mark is missing/);
    const other = bytes.slice();
    other[3] = 0x32;
    expect(() => decodePlanFrame(other)).toThrow(RangeError);
  });
  test('a frame whose parts do not fit its numbers', () => {
    expect(() => decodePlanFrame(encodePlanFrame({ ...frame, tips: frame.tips.subarray(2) }))).toThrow(RangeError);
  });
  test('a thousand frames with spoilt headers: a frame or a RangeError, never more', () => {
    for (let i = 0; i < 1000; i++) {
      const spoilt = bytes.slice();
      for (let k = 0; k < 3; k++) spoilt[random.below(40)] = random.below(256);
      try {
        decodePlanFrame(spoilt);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }
  });
});
