import { expect, test } from 'vitest';
import type { Telemetry } from '../../src/shared/contract/contract';
import { RecordedHistory } from '../../src/renderer/state/recordedHistory';

const PERIOD = 0.05;
/** Rows of one channel whose value is its step and whose cost is 1, at these steps. */
function rowsAt(steps: readonly number[], terms = 1): Telemetry {
  const numbers = (value: (step: number) => number) => Float64Array.from(steps, value);
  return {
    episode: 3,
    firstStep: steps[0] ?? 0,
    count: steps.length,
    times: numbers((step) => step * PERIOD),
    states: numbers((step) => step),
    truths: new Float64Array(0),
    chosen: numbers(() => 0),
    commands: numbers((step) => -step),
    applied: numbers(() => 0),
    costs: new Float64Array(steps.length * terms).fill(1),
    planMs: numbers(() => NaN),
    latenessMs: numbers(() => 0),
    basis: new Uint8Array(steps.length),
  };
}
const every = (k: number, from: number, to: number) => Array.from({ length: Math.floor((to - from) / k) + 1 }, (_, i) => from + i * k);
const breaks = (history: RecordedHistory) =>
  Array.from({ length: history.count }, (_, row) => row).filter((row) => history.breaksBefore(row));
const shownBy = (k: number, steps: readonly number[]) => {
  const history = new RecordedHistory(1, 1, PERIOD);
  history.put(k, rowsAt(steps));
  return history;
};

test('its axis is the time of the episode', () => {
  const history = shownBy(1, every(1, 0, 10));
  expect([history.x(0), history.x(10), history.now, history.time(4), history.episode(4)]).toEqual([0, 0.5, 0.5, 0.2, 3]);
  expect([history.state(4, 0), history.command(4), history.totalCost(4)]).toEqual([4, -4, 1]);
});

test('before anything was loaded there is nothing, and nobody stumbles', () => {
  const history = new RecordedHistory(1, 1, PERIOD);
  const out = Float64Array.of(7);
  history.poseAt(1, out);
  expect([history.count, history.now, history.firstAtOrAfter(1), history.nearest(1), out[0]]).toEqual([0, 0, 0, -1, 7]);
});

test('rows that were left out on purpose are no break; rows that were lost are', () => {
  expect(breaks(shownBy(1, every(1, 0, 10)))).toEqual([0]);
  expect(breaks(shownBy(5, every(5, 0, 50)))).toEqual([0]);
  expect(breaks(shownBy(1, [0, 1, 2, 6, 7]))).toEqual([0, 3]);
  expect(breaks(shownBy(5, [0, 5, 10, 40, 45]))).toEqual([0, 3]);
  expect(breaks(shownBy(5, [0, 5, 10, 12]))).toEqual([0]); // the last row of the episode, out of step
});

test('put replaces what is shown, and says so', () => {
  const history = shownBy(10, every(10, 0, 100));
  const before = history.version;
  history.put(1, rowsAt(every(1, 40, 60)));
  expect(history.version).toBeGreaterThan(before);
  expect([history.count, history.x(0), history.now]).toEqual([21, 2, 3]);
});

test('rows of another plant are refused with a sentence', () => {
  const history = new RecordedHistory(4, 1, PERIOD);
  expect(() => history.put(1, rowsAt([0, 1]))).toThrow(/2 rows of this episode have 8 and 2/);
  expect(history.count).toBe(0);
});

test('finds the row of a moment, as far away as rows were left out', () => {
  const history = shownBy(10, every(10, 0, 100));
  expect(history.nearest(1.2)).toBe(2);
  expect(history.nearest(5.4)).toBe(10);
  expect(history.nearest(7)).toBe(-1);
  expect(history.firstAtOrAfter(1.01)).toBe(3);
});

test('the cost so far counts what was left out, and goes on in a part that is looked at closer', () => {
  const history = shownBy(1, every(1, 0, 100));
  expect([history.costSoFar(0), history.costSoFar(100)]).toEqual([1, 101]);
  const thin = shownBy(10, every(10, 0, 100));
  expect(thin.costSoFar(10)).toBe(101);
  thin.put(1, rowsAt(every(1, 45, 60)));
  expect(thin.costSoFar(0)).toBeCloseTo(46, 9);
  expect(thin.costSoFar(15)).toBeCloseTo(61, 9);
  thin.put(1, rowsAt(every(1, 20, 25)));
  expect(thin.costSoFar(0)).toBeCloseTo(21, 9);
});

test('the pose moves evenly between two rows, and stands where rows are missing', () => {
  const history = shownBy(1, [0, 1, 2, 8, 9]);
  const at = (x: number) => {
    const out = new Float64Array(1);
    history.poseAt(x, out);
    return Number(out[0].toFixed(9));
  };
  expect([-1, 0, 0.025, 0.1, 0.2, 0.39, 0.4, 0.425, 9].map(at)).toEqual([0, 0, 0.5, 2, 2, 2, 8, 8.5, 9]);
});

test('marks stand in the order of their times', () => {
  const history = new RecordedHistory(1, 1, PERIOD, [
    { time: 2, kind: 'upright', label: 'upright for good' },
    { time: 0.5, kind: 'setting', label: 'target 0.30' },
  ]);
  expect(history.marksBetween(0, 5).map(({ x }) => x)).toEqual([0.5, 2]);
  expect(history.marksBetween(1, 5)).toEqual([{ x: 2, kind: 'upright', label: 'upright for good' }]);
});
