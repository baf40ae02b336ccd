import { expect, test } from 'vitest';
import type { Telemetry } from '../../src/shared/contract/contract';
import { History } from '../../src/renderer/state/history';
import { PoseClock } from '../../src/renderer/state/poseClock';

const PERIOD = 0.05;
/** `count` rows of one channel whose value is its step. */
function batch(episode: number, firstStep: number, count: number, basis = 0): Telemetry {
  const rows = Array.from({ length: count }, (_, k) => firstStep + k);
  const numbers = (value: (step: number) => number) => Float64Array.from(rows, value);
  return {
    episode,
    firstStep,
    count,
    times: numbers((step) => step * PERIOD),
    states: numbers((step) => step),
    truths: new Float64Array(0),
    chosen: numbers(() => 0),
    commands: numbers((step) => -step),
    applied: numbers(() => 0),
    costs: numbers(() => 1),
    planMs: numbers(() => NaN),
    latenessMs: numbers(() => 0),
    basis: new Uint8Array(count).fill(basis),
  };
}
const xs = (history: History) => Array.from({ length: history.count }, (_, row) => Number(history.x(row).toFixed(6)));

test('time runs on through a new episode, with one period between, and the line is broken there', () => {
  const history = new History(1, 1, PERIOD);
  history.add(batch(0, 0, 3), 0);
  history.add(batch(1, 0, 2), 0);
  expect(xs(history)).toEqual([0, 0.05, 0.1, 0.15, 0.2]);
  expect([0, 1, 2, 3, 4].map((row) => history.breaksBefore(row))).toEqual([true, false, false, true, false]);
});

test('rows that were not sent leave a gap, not a line', () => {
  const history = new History(1, 1, PERIOD);
  history.add(batch(0, 0, 2), 0);
  history.add(batch(0, 6, 2), 0);
  expect(xs(history)).toEqual([0, 0.05, 0.3, 0.35]);
  expect(history.breaksBefore(2)).toBe(true);
});

test('a stream that overlaps the history of a snapshot is not drawn twice', () => {
  const history = new History(1, 1, PERIOD);
  history.add(batch(0, 0, 4), 0);
  history.add(batch(1, 0, 3), 0);
  history.add(batch(0, 2, 2), 0); // late words of the episode before
  history.add(batch(1, 1, 4), 0);
  expect(history.count).toBe(4 + 5);
  expect(history.state(history.count - 1, 0)).toBe(4);
});

test('the oldest rows go when the ring is full, and their marks with them', () => {
  const history = new History(1, 1, PERIOD, 10);
  history.add(batch(0, 0, 6, 2), 0);
  expect(history.marks.map(({ label }) => label)).toEqual(['episode 1, random']);
  history.add(batch(0, 6, 8), 0);
  expect(history.count).toBe(10);
  expect(history.state(0, 0)).toBe(4);
  expect(history.marks.map(({ label }) => label)).toEqual(['planned from here']);
});

test('finds the row of a moment', () => {
  const history = new History(1, 1, PERIOD);
  history.add(batch(0, 0, 20), 0);
  expect(history.nearest(0.51)).toBe(10);
  expect(history.nearest(5)).toBe(-1);
  expect(history.firstAtOrAfter(0.26)).toBe(6);
  expect(history.firstAtOrAfter(99)).toBe(20);
});

test('a batch of another setup is not taken', () => {
  const history = new History(4, 1, PERIOD);
  history.add(batch(0, 0, 3), 0);
  expect(history.count).toBe(0);
});

test('the drawn pose moves evenly between two rows and never runs ahead of what was measured', () => {
  const history = new History(1, 1, PERIOD);
  const pose = new PoseClock();
  const out = new Float64Array(1);
  for (let step = 0; step < 40; step++) {
    history.add(batch(0, step, 1), step * 50);
    pose.follow(history);
  }
  const seen: number[] = [];
  for (let now = 39 * 50; now <= 40 * 50; now += 10) {
    pose.at(now, out);
    seen.push(out[0]);
  }
  for (let i = 1; i < seen.length; i++) expect(seen[i]).toBeGreaterThan(seen[i - 1] - 1e-12);
  expect(Math.max(...seen)).toBeLessThanOrEqual(39);
  expect(seen[seen.length - 1]).toBeCloseTo(39, 1);
});

test('a reset is a jump, not a flight through the room', () => {
  const history = new History(1, 1, PERIOD);
  const pose = new PoseClock();
  const out = new Float64Array(1);
  history.add(batch(0, 0, 30), 0);
  pose.follow(history);
  history.add(batch(1, 0, 1), 50);
  pose.follow(history);
  pose.at(51, out);
  expect(out[0]).toBe(0);
});
