import { expect, test } from 'vitest';
import { TelemetryHistory } from '../../src/main/workbench/telemetryHistory';
import type { Telemetry } from '../../src/shared/contract/contract';

const none = new Float64Array();
const block = (firstStep: number, count: number): Telemetry => ({
  episode: 0,
  firstStep,
  count,
  times: Float64Array.from({ length: count }, (_, i) => firstStep + i),
  states: none,
  truths: none,
  chosen: none,
  commands: none,
  applied: none,
  costs: none,
  planMs: none,
  latenessMs: none,
  basis: new Uint8Array(count),
});
const stepsOf = (history: TelemetryHistory) => history.all.flatMap(({ times }) => Array.from(times));

test('keeps whole blocks, oldest first', () => {
  const history = new TelemetryHistory(100);
  history.add(block(0, 3));
  history.add(block(3, 2));
  expect(stepsOf(history)).toEqual([0, 1, 2, 3, 4]);
});
test('forgets the oldest blocks that are not needed for so many rows, and never more', () => {
  const history = new TelemetryHistory(10);
  for (let step = 0; step < 1000; step += 4) {
    history.add(block(step, 4));
    const steps = stepsOf(history);
    expect(steps.length).toBeGreaterThanOrEqual(Math.min(10, step + 4));
    expect(steps.length).toBeLessThan(14);
    expect(steps.at(-1)).toBe(step + 3);
  }
});
test('keeps the newest block however long it is', () => {
  const history = new TelemetryHistory(10);
  history.add(block(0, 5));
  history.add(block(5, 500));
  expect(stepsOf(history)).toHaveLength(500);
});
test('an empty block takes no place', () => {
  const history = new TelemetryHistory(10);
  history.add(block(0, 0));
  expect(history.all).toEqual([]);
});
test('what was asked for stays as it was while more comes', () => {
  const history = new TelemetryHistory(10);
  history.add(block(0, 2));
  const then = history.all;
  history.add(block(2, 2));
  expect(then).toHaveLength(1);
});
test('cleared, it begins anew', () => {
  const history = new TelemetryHistory(10);
  history.add(block(0, 9));
  history.clear();
  history.add(block(0, 2));
  expect(stepsOf(history)).toEqual([0, 1]);
});
