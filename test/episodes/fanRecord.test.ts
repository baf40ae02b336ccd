import { describe, expect, test } from 'vitest';
import { base64Of, bytesOfBase64 } from '../../src/shared/episodes/base64';
import { bestOf, fanText, readFan, USUAL_PATHS } from '../../src/shared/episodes/fanRecord';
import { decodePlanFrame, encodePlanFrame, type PlanFrame } from '../../src/shared/episodes/planFrame';
import { RecordRefused } from '../../src/shared/episodes/record';
import { randomStream } from '../../src/shared/math/random';

const random = randomStream(41);
const floats = (count: number, spread = 1) => Float32Array.from({ length: count }, () => spread * random.normal());
const { below } = random;

/** @param metres  how far its tips are spread */
function frameOf(rollouts: number, horizon: number, size: number, bandLevels: number, metres = 1): PlanFrame {
  const points = horizon + 1;
  return {
    id: 4_000_000_000,
    step: 160,
    time: 8.05,
    rollouts,
    horizon,
    period: 0.05,
    cost: -0,
    planMs: 17.1,
    size,
    actions: floats(horizon),
    states: floats(points * size),
    band: floats(bandLevels * points * size),
    bandLevels,
    costs: floats(rollouts).sort().reverse(),
    tips: floats(rollouts * points * 2, metres),
  };
}
const largestError = (a: Float32Array, b: Float32Array) => a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('a recorded fan', () => {
  test('comes back but for the worst rollouts and the rounding of its tips, whatever its shape', () => {
    for (let i = 0; i < 60; i++) {
      const frame = frameOf(below(120), 1 + below(60), 1 + below(6), below(2) * 4, 10 ** (below(4) - 2));
      const most = below(150);
      const { tips, ...rest } = readFan(fanText(frame, most));
      const { tips: wanted, ...others } = bestOf(frame, most);
      expect(rest).toEqual(others);
      expect(tips.length).toBe(wanted.length);
      expect(largestError(tips, wanted)).toBeLessThan(0.001);
    }
  });
  test('holds the 40 best unless more are wanted, and how many there were', () => {
    const frame = frameOf(400, 30, 4, 4);
    const text = fanText(frame);
    expect(readFan(text).rollouts).toBe(USUAL_PATHS);
    expect(JSON.parse(text)).toMatchObject({ searched: 400, rollouts: 40 });
    expect(readFan(text).costs).toEqual(frame.costs.slice(-40));
    expect(readFan(fanText(frame, Infinity)).rollouts).toBe(400);
  });
  test('of a plan frame that was sent becomes the same frame again when it is read and sent', () => {
    const sent = decodePlanFrame(encodePlanFrame(frameOf(40, 30, 4, 4)));
    const read = readFan(fanText(sent));
    expect(decodePlanFrame(encodePlanFrame(read))).toEqual(read);
    expect({ ...read, tips: sent.tips }).toEqual(sent);
  });
  test('is read from a text that was made of it as it was, again and again', () => {
    const text = fanText(frameOf(50, 20, 2, 0, 3));
    const [, once] = [fanText(readFan(text)), readFan(fanText(readFan(text)))];
    expect(readFan(fanText(once))).toEqual(once);
  });
  test('blurs a rollout that diverged, and no other; what is no number stays none', () => {
    const frame = frameOf(40, 20, 4, 0);
    const row = 21 * 2;
    frame.tips[3 * row + 5] = 1e30;
    frame.tips[4 * row] = NaN;
    frame.tips[4 * row + 1] = -Infinity;
    frame.costs[0] = Infinity;
    const read = readFan(fanText(frame));
    expect(read.costs[0]).toBe(Infinity);
    expect(read.tips[3 * row + 5]! / 1e30).toBeCloseTo(1, 4);
    expect([read.tips[4 * row], read.tips[4 * row + 1]]).toEqual([NaN, NaN]);
    expect(largestError(read.tips.subarray(5 * row), frame.tips.subarray(5 * row))).toBeLessThan(0.001);
    expect(largestError(read.tips.subarray(0, 3 * row), frame.tips.subarray(0, 3 * row))).toBeLessThan(0.001);
  });
  test('far from the origin is as sharp as near it', () => {
    const frame = frameOf(40, 20, 4, 0);
    for (let i = 0; i < frame.tips.length; i += 2) frame.tips[i]! += 900;
    expect(largestError(readFan(fanText(frame)).tips, frame.tips)).toBeLessThan(0.001);
  });
  test('without rollouts, and one whose tips all lie in one point, are none the worse', () => {
    expect(readFan(fanText(frameOf(0, 3, 2, 0))).tips.length).toBe(0);
    const still = { ...frameOf(2, 3, 2, 0), tips: new Float32Array(16).fill(0.25) };
    expect(readFan(fanText(still)).tips).toEqual(still.tips);
  });
  test('of 40 paths and 30 steps takes 10 kB at most', () => {
    expect(fanText(frameOf(400, 30, 4, 4)).length).toBeLessThan(12_000);
  });
});

describe('a hostile fan is refused in words', () => {
  const good = JSON.parse(fanText(frameOf(5, 3, 2, 4))) as Record<string, unknown>;
  const text = String(good['tips']);
  test.each<[string, Record<string, unknown>]>([
    ['more rollouts than there are tips', { rollouts: 6 }],
    ['as many rollouts as fit no memory', { rollouts: 4e9 }],
    ['the largest counts there are', { rollouts: 65535, horizon: 65535, size: 65535, bandLevels: 65535 }],
    ['half a step', { horizon: 2.5 }],
    ['a count below nothing', { size: -1 }],
    ['no count at all', { bandLevels: 'NaN' }],
    ['an id that is no u32', { id: 2 ** 33 }],
    ['a text that is too short', { tips: text.slice(0, -4) }],
    ['a letter that is none', { tips: `*${text.slice(1)}` }],
    ['a letter from far away', { tips: `\u{4141}${text.slice(1)}` }],
    ['padding in the middle', { tips: `=${text.slice(1)}` }],
    ['a list in place of a text', { costs: [1, 2, 3, 4, 5] }],
    ['nothing in place of a text', { band: undefined }],
    ['a period of nothing', { period: 0 }],
    ['a time that is none', { time: 'NaN' }],
    ['an origin without end', { tipOrigin: ['Infinity', 0] }],
    ['an origin of three', { tipOrigin: [0, 0, 0] }],
  ])('%s', (_what, change) => {
    expect(() => readFan(JSON.stringify({ ...good, ...change }))).toThrow(RecordRefused);
  });
  test.each(['', 'null', '7', '[]', '"fan"', '{}', '{"__proto__":{"id":1}}', '{'])('the text %s', (one) => {
    expect(() => readFan(one)).toThrow(RecordRefused);
  });
  test('says the place', () => {
    expect(() => readFan(JSON.stringify({ ...good, rollouts: 6 }))).toThrow(
      'the fan of plan 4000000000: "tipScale" is not the base64 of 24 bytes.',
    );
  });
  test('with a byte changed anywhere it is a fan or refused, and nothing else', () => {
    const whole = JSON.stringify(good);
    for (let i = 0; i < 2_000; i++) {
      const at = below(whole.length);
      const changed = whole.slice(0, at) + String.fromCharCode(below(128)) + whole.slice(at + 1);
      try {
        readFan(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(RecordRefused);
      }
    }
  });
});

describe('base64', () => {
  test('agrees with that of Node, and back', () => {
    for (let length = 0; length < 200; length++) {
      const bytes = Uint8Array.from({ length }, () => below(256));
      const text = base64Of(bytes);
      expect(text).toBe(Buffer.from(bytes).toString('base64'));
      expect(bytesOfBase64(text, length)).toEqual(bytes);
    }
  });
  test('knows one text for some bytes only', () => {
    expect(bytesOfBase64('AA==', 1)).toEqual(Uint8Array.of(0));
    for (const wrong of ['AB==', 'AA=A', 'AAAA', 'AA', 'A-==', 'AA=\n']) expect(bytesOfBase64(wrong, 1)).toBeUndefined();
  });
});
