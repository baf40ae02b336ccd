import { describe, expect, test } from 'vitest';
import { turnTicks } from '../../src/renderer/plots/axis';
import type { PlotWindow } from '../../src/renderer/plots/plotWindow';
import { SignalData } from '../../src/renderer/plots/signalData';
import { shownSignals, wholeSignalsOf } from '../../src/renderer/plots/signals';
import { replayedRun } from './replayedRun';

const { setup, a, b, plan, seconds } = replayedRun();
const SHIFT = 0.8;
const window: PlotWindow = {
  now: plan.time,
  past: 3,
  ahead: 1,
  plan,
  planAt: plan.time,
  target: 0,
  span: { from: 0, to: seconds },
  other: { history: b, shift: SHIFT },
};
const dataOf = (id: string) =>
  new SignalData(
    wholeSignalsOf(setup).find((signal) => signal.id === id)!,
    setup.costTerms.length,
  );
const known = (column: readonly (number | null)[]) => column.filter((value): value is number => value !== null);

test('the plots of a whole run are angle, place, command and what it cost so far', () => {
  expect(shownSignals(wholeSignalsOf(setup), null).map(({ id }) => id)).toEqual(['angle', 'position', 'command', 'costSoFar']);
});

describe('a whole run', () => {
  test('has rows on both sides of the cursor, in seconds of the episode', () => {
    const [xs] = dataOf('position').take(a, window);
    expect([xs[0], xs[xs.length - 1], xs.length]).toEqual([0, seconds, a.count]);
  });
  test('is not cut anew while only the cursor moves', () => {
    const data = dataOf('position');
    const columns = data.take(a, window);
    expect(data.take(a, { ...window, now: 1, plan: undefined })).toBe(columns);
    expect(data.take(a, { ...window, span: { from: 1, to: 2 } })).not.toBe(columns);
    const moved = data.take(a, window);
    expect(data.take(a, { ...window, other: { history: b, shift: 0 } })).not.toBe(moved);
  });
  test('looked at closer shows what lies in the span, and the rows that lead in and out', () => {
    const [xs] = dataOf('position').take(a, { ...window, span: { from: 1, to: 2 } });
    expect(xs[0]).toBeCloseTo(0.95, 9);
    expect(xs[xs.length - 1]).toBeCloseTo(2.0, 9);
  });
  test('shows its angle unwrapped, without a break', () => {
    const [, angles] = dataOf('angle').take(a, window);
    const channel = setup.channels.findIndex(({ wraps }) => wraps === true);
    expect(angles).toEqual(Array.from({ length: a.count }, (_, row) => a.state(row, channel) * (180 / Math.PI)));
  });
  test('has bounds of what happened: they do not move with the cursor, whatever was planned', () => {
    for (const id of ['angle', 'position', 'rate', 'costSoFar']) {
      const data = dataOf(id);
      const bounds = data.bounds(data.take(a, window), window);
      const wild = { ...window, now: 0.4, plan: { ...plan, states: plan.states.map((value) => value * 50) } };
      expect(data.bounds(data.take(a, wild), wild)).toEqual(bounds);
      for (const value of known([...data.take(a, window)[1], ...data.other[1]]))
        expect(value >= bounds[0] && value <= bounds[1]).toBe(true);
    }
  });
  test('adds up its cost', () => {
    const data = dataOf('costSoFar');
    const costs = known(data.take(a, window)[1]);
    let sum = 0;
    for (let row = 0; row < a.count; row++) sum += a.totalCost(row);
    expect(costs[costs.length - 1]).toBeCloseTo(sum, 6);
    for (let i = 1; i < costs.length; i++) expect(costs[i]).toBeGreaterThanOrEqual(costs[i - 1]);
  });
});

describe('a second episode', () => {
  test('is shifted, one line, and is read where it is drawn', () => {
    const data = dataOf('position');
    data.take(a, window);
    const [xs, ys] = data.other;
    expect(xs[0]).toBeCloseTo(SHIFT, 9);
    expect(ys).toEqual(Array.from({ length: b.count }, (_, row) => b.state(row, 0)));
    expect(data.valueAt(1)).toBe(a.state(20, 0));
    expect(data.otherAt(1)).toBe(b.state(2, 0)); // every second row: 0.2 s are two of them
    expect(data.otherAt(0.3)).toBeNaN(); // before it began
  });
  test('may be turned by whole turns to lie on the first', () => {
    const data = dataOf('angle');
    data.take(a, window);
    const before = [...data.other[1]];
    const turned = { ...window, other: { history: b, shift: SHIFT, turns: -1 } };
    data.take(a, turned);
    expect(data.other[1]).toEqual(before.map((value) => value! - 360));
    expect(data.otherAt(1)).toBeCloseTo(before[2]! - 360, 9);
  });
  test('leaves with its line', () => {
    const data = dataOf('position');
    data.take(a, window);
    data.take(a, { ...window, other: undefined });
    expect(data.other[1]).toEqual([]);
    expect(data.otherAt(1)).toBeNaN();
  });
});

describe('the ticks of an unwrapped angle', () => {
  const texts = (low: number, high: number, most = 8) => turnTicks(low, high, most).map(({ text }) => text);
  test('name where the pole points', () => {
    expect(texts(-560, 220)).toEqual(['down −540', 'up −360', 'down −180', 'up 0', 'down 180']);
  });
  test('leave every other one out where there is no room', () => {
    expect(texts(-1500, 400, 6)).toEqual(['up −1440', 'up −1080', 'up −720', 'up −360', 'up 0', 'up 360']);
  });
  test('are plain degrees where it hardly turns', () => {
    expect(texts(-10, 10, 5)).toEqual(['−10', '−5', '0', '5', '10']);
  });
});
