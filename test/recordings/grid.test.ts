import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { uniform } from '../../src/shared/math/random';
import { cartPole } from '../../src/shared/plants/cartPole';
import { pendulum } from '../../src/shared/plants/pendulum';
import { onGrid, transitionsOf } from '../../src/shared/recordings/grid';
import type { RecordedLog } from '../../src/shared/recordings/recordedLog';
import { MappingError } from '../../src/shared/recordings/refusal';

const everything = [[-Infinity, Infinity]] as const;
const choice = { period: 0.02, smooth: 0.03 };

/** A log sampled from functions of time. */
function sampled(
  times: readonly number[],
  angle: (t: number) => number,
  action: (t: number) => number = () => 0,
  more: Record<string, (t: number) => number> = {},
): RecordedLog {
  const time = Float64Array.from(times);
  const channels = new Map([
    ['angle', time.map(angle)],
    ...Object.entries(more).map(([id, of]) => [id, time.map(of)] as [string, Float64Array]),
  ]);
  const steps = [...time]
    .slice(1)
    .map((t, i) => t - time[i]!)
    .sort((a, b) => a - b);
  return {
    file: 'log.csv',
    rows: time.length,
    time,
    channels,
    action: time.map(action),
    samplePeriod: steps[steps.length >> 1]!,
    lines: Uint32Array.from(time, (_, i) => i + 2),
    notes: [],
  };
}
const every = (step: number, seconds: number, from = 0) =>
  Array.from({ length: Math.round(seconds / step) + 1 }, (_, i) => from + i * step);
const only = (log: RecordedLog, windows: readonly (readonly [number, number])[] = everything, row = 0, grid = choice) => {
  const { stretches, ...rest } = onGrid(log, windows, [], row, grid, pendulum);
  expect(stretches).toHaveLength(1);
  return { ...stretches[0]!, ...rest };
};

describe('states at grid times', () => {
  test('a parabola is found exactly, value and slope, up to the edges and with jittered stamps', () => {
    const jitter = every(0.005, 1).map((t, i) => t + 0.002 * Math.sin(i * i));
    jitter[0] = 0;
    const angle = (t: number) => 3 - 2 * t + 7 * t * t;
    const { states, count, from } = only(sampled(jitter, angle));
    for (let k = 0; k < count; k++) {
      const t = from + k * 0.02;
      expect(states[2 * k]).toBeCloseTo(angle(t), 10);
      expect(states[2 * k + 1]).toBeCloseTo(-2 + 14 * t, 8);
    }
  });

  test('a fast swing keeps its rate within the bias that a quadratic must have', () => {
    // Over ± h the slope of a cubic is off by 0.6 h² x'''/6 in the middle and, leaning at an edge, by 2.4 h² x'''/6.
    const w = 5;
    const { states, count } = only(sampled(every(0.002, 2), (t) => 2 * Math.sin(w * t)));
    const third = 2 * w ** 3;
    for (let k = 0; k < count; k++) {
      const error = Math.abs(states[2 * k + 1]! - 2 * w * Math.cos(w * k * 0.02));
      expect(error).toBeLessThan((k < 2 || k > count - 3 ? 2.5 : 0.65) * 0.03 ** 2 * (third / 6));
    }
  });

  test('noise shrinks as least squares says: slope error σ √(12 / (n (2h)²)) about', () => {
    const noisy = sampled(every(0.005, 20), (t) => 0.001 * Math.sqrt(12) * (uniform(1, Math.round(t / 0.005)) - 0.5));
    const { states, count } = only(noisy);
    let squares = 0;
    for (let k = 5; k < count - 5; k++) squares += states[2 * k + 1]! ** 2;
    const expected = 0.001 * Math.sqrt(12 / (13 * 0.06 ** 2));
    expect(Math.sqrt(squares / (count - 10)) / expected).toBeGreaterThan(0.85);
    expect(Math.sqrt(squares / (count - 10)) / expected).toBeLessThan(1.15);
  });

  test('where fewer than five samples lie within the width it grows, and says so', () => {
    const { states, count, grownSmooth, notes } = only(sampled(every(0.05, 2), (t) => t * t));
    expect(grownSmooth).toBeGreaterThanOrEqual(0.1);
    expect(grownSmooth).toBeLessThanOrEqual(0.2);
    expect(notes[0]!.code).toBe('smoothGrown');
    expect(notes[0]!.text).toContain(`At ${count} grid times`);
    expect(states[2 * 50 + 1]).toBeCloseTo(2 * 50 * 0.02, 8);
  });

  test('with smooth 0: linear interpolation and the recorded rate, or the slope where there is none', () => {
    const plain = { period: 0.02, smooth: 0 };
    const log = sampled(
      every(0.03, 1),
      (t) => Math.floor(t / 0.03 + 0.5),
      () => 0,
      { rate: (t) => 100 * t },
    );
    const { states } = only(log, everything, 0, plain);
    expect([states[2], states[3]]).toEqual([expect.closeTo(2 / 3, 9), expect.closeTo(2, 9)]);
    const withoutRate = only(
      sampled(every(0.03, 1), (t) => 4 * t),
      everything,
      0,
      plain,
    );
    expect(withoutRate.states[2 * 10 + 1]).toBeCloseTo(4, 9);
  });

  test('a cart has its own place and velocity', () => {
    const log = sampled(
      every(0.01, 1),
      (t) => Math.sin(t),
      () => 0,
      { position: (t) => 1 + t - t * t },
    );
    const { stretches } = onGrid(log, everything, [], 0, choice, cartPole);
    const k = 20;
    expect([...stretches[0]!.states.subarray(4 * k, 4 * k + 2)]).toEqual([expect.closeTo(1 + 0.4 - 0.16, 9), expect.closeTo(1 - 0.8, 8)]);
    expect([...stretches[0]!.recorded.keys()]).toEqual(['angle']);
  });

  test('predictions are held to the recorded angle itself, interpolated', () => {
    const { recorded, states } = only(sampled(every(0.03, 1), (t) => Math.abs(t - 0.5)));
    expect(recorded.get('angle')![1]).toBeCloseTo(0.48, 12);
    expect(Math.abs(states[2 * 25]! - recorded.get('angle')![25]!)).toBeGreaterThan(1e-3); // the smoothed state rounds the corner
  });
});

describe('actions', () => {
  test('are the time average of what was held from row to row', () => {
    // Steps of 0.02 s over samples of 0.012 s, each holding its own index.
    const { actions } = only(
      sampled(
        every(0.012, 1.2),
        () => 0,
        (t) => Math.round(t / 0.012),
      ),
    );
    expect(actions[0]).toBeCloseTo((0.012 * 0 + 0.008 * 1) / 0.02, 9);
    expect(actions[1]).toBeCloseTo((0.004 * 1 + 0.012 * 2 + 0.004 * 3) / 0.02, 9);
  });

  test.each([-1, 0, 1])('row %d: the action applied from row k on stands in row k + row', (row) => {
    const { actions } = only(
      sampled(
        every(0.02, 1),
        () => 0,
        (t) => Math.round(t / 0.02),
      ),
      everything,
      row,
    );
    expect(actions[10]).toBeCloseTo(10 + row, 9);
    expect(actions[0]).toBeCloseTo(Math.max(0, row), 9); // beyond the file the nearest row
  });

  test('their integral is kept, whatever the stamps', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.double({ min: 0.001, max: 0.03, noNaN: true }), fc.double({ min: -2, max: 2, noNaN: true })), {
          minLength: 30,
          maxLength: 80,
        }),
        (steps) => {
          let at = 0;
          const times = steps.map(([step]) => (at += step) - step);
          let i = 0;
          const log = sampled(
            times,
            () => 0,
            () => steps[i++]![1],
          );
          const { stretches } = onGrid(log, everything, [], 0, choice, pendulum);
          const { actions, count, from } = stretches[0]!;
          const end = from + (count - 1) * 0.02;
          const whole = times.reduce((sum, t, k) => sum + Math.max(0, Math.min(end, times[k + 1] ?? end) - t) * log.action[k]!, 0);
          expect(actions.reduce((sum, action) => sum + action * 0.02, 0)).toBeCloseTo(whole, 9);
        },
      ),
      { seed: 3, numRuns: 100 },
    );
  });
});

describe('windows', () => {
  const jumping = (t: number) => (t < 1 ? 0 : 100);

  test('are never joined, and nothing outside them is seen', () => {
    const { stretches } = onGrid(
      sampled(every(0.005, 2), jumping),
      [
        [0.2, 0.999],
        [1, 1.9],
      ],
      [],
      0,
      choice,
      pendulum,
    );
    expect(stretches.map(({ count, from }) => [count, from])).toEqual([
      [40, expect.closeTo(0.2, 9)],
      [46, expect.closeTo(1, 9)],
    ]);
    stretches.forEach(({ states }, i) => states.forEach((value, k) => expect(value).toBeCloseTo(k % 2 === 0 ? 100 * i : 0, 6)));
  });

  test('are cut around what is masked', () => {
    const log = sampled(every(0.005, 2), (t) => (t > 1 && t < 1.1 ? 50 : 0));
    const { stretches } = onGrid(log, everything, [[0.999, 1.101]], 0, choice, pendulum);
    expect(stretches).toHaveLength(2);
    for (const { states } of stretches) expect(Math.max(...states.map(Math.abs))).toBeLessThan(1e-9);
  });

  test('are cut at a gap in the clock, with its line', () => {
    const { stretches, notes } = onGrid(
      sampled([...every(0.005, 1), ...every(0.005, 1, 1.5)], (t) => t),
      everything,
      [],
      0,
      choice,
      pendulum,
    );
    expect(stretches.map(({ count }) => count)).toEqual([51, 51]);
    expect(notes).toEqual([{ code: 'gap', text: 'No row between 1 and 1.5 s (line 203); nothing is fitted or predicted across.' }]);
  });

  test('a single late sample is no gap', () => {
    const late = every(0.005, 1).filter((_, i) => i < 100 || i > 103);
    expect(
      onGrid(
        sampled(late, (t) => t),
        everything,
        [],
        0,
        choice,
        pendulum,
      ).stretches,
    ).toHaveLength(1);
  });

  test('outside the recording are refused with the time that it covers', () => {
    expect(() =>
      onGrid(
        sampled(every(0.005, 2), () => 0),
        [[5, 6]],
        [],
        0,
        choice,
        pendulum,
      ),
    ).toThrow(MappingError);
    expect(() =>
      onGrid(
        sampled(every(0.005, 2), () => 0),
        [[5, 6]],
        [],
        0,
        choice,
        pendulum,
      ),
    ).toThrow('its clock runs from 0 to 2 s');
    expect(() =>
      onGrid(
        sampled([0, 0.01, 0.02], () => 0),
        everything,
        [],
        0,
        choice,
        pendulum,
      ),
    ).toThrow('5 rows');
  });
});

describe('transitions', () => {
  test('are the steps inside stretches, tails held out', () => {
    const log = sampled(
      every(0.01, 2),
      (t) => t * t,
      (t) => t,
    );
    const { stretches } = onGrid(
      log,
      [
        [0, 0.6],
        [1, 1.4],
      ],
      [],
      0,
      choice,
      pendulum,
    );
    const { heads, tails } = transitionsOf(stretches, 2, 0.2);
    expect([heads.count, tails.count]).toEqual([24 + 16, 6 + 4]);
    expect(tails.states[0]).toBeCloseTo((24 * 0.02) ** 2, 9);
    for (const { count, states, nexts } of [heads, tails]) {
      for (let i = 0; i < count; i++) expect(nexts[2 * i + 1]! - states[2 * i + 1]!).toBeCloseTo(2 * 0.02, 6);
    }
    expect(transitionsOf(stretches, 2).heads.count).toBe(50);
    expect(transitionsOf(stretches, 2).tails.count).toBe(0);
  });
});

test('a recording too short for the grid is refused, and no window is spoken of that nobody gave', () => {
  const short = sampled([0, 0.001, 0.002], () => 0);
  const refusal = (windows: readonly (readonly [number, number])[]) => {
    try {
      onGrid(short, windows, [], 0, choice, pendulum);
    } catch (error) {
      return (error as Error).message;
    }
    return 'accepted';
  };
  expect(refusal(everything)).toMatch(/^log\.csv holds no stretch/);
  expect(refusal([[0, 1]])).toMatch(/^The window 0:1 of log\.csv holds no stretch/);
});
