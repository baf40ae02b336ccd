import { describe, expect, test } from 'vitest';
import { decodePlanFrame } from '../../src/shared/episodes/planFrame';
import { costCurve } from '../../src/renderer/plots/learningPlots';
import type { PlotWindow } from '../../src/renderer/plots/plotWindow';
import { SignalData } from '../../src/renderer/plots/signalData';
import { shownSignals, signalsOf } from '../../src/renderer/plots/signals';
import { History } from '../../src/renderer/state/history';
import { story } from '../../src/renderer/panels/learning/story';
import { emptySnapshot, recordedRun, type SetupName } from './scripted';

function recorded(name: SetupName = 'light') {
  const { snapshot, plan } = recordedRun(name);
  const { setup } = snapshot;
  const history = new History(setup.channels.length, setup.costTerms.length, setup.period);
  for (const batch of snapshot.history) history.add(batch, 0);
  const frame = decodePlanFrame(plan);
  const window: PlotWindow = { now: history.now, past: 3, ahead: 1.2, plan: frame, planAt: history.now + setup.period, target: 0 };
  const signals = signalsOf(setup);
  const data = (id: string) =>
    new SignalData(
      signals.find((signal) => signal.id === id)!,
      setup.costTerms.length,
    );
  return { snapshot, history, frame, window, signals, data };
}

describe('the stack of plots', () => {
  test('has angle, place, command, cost and planner time of a cart-pole, and angle and rate of a pendulum', () => {
    expect(shownSignals(signalsOf(emptySnapshot('light').setup), null).map(({ id }) => id)).toEqual([
      'angle',
      'position',
      'command',
      'costs',
      'planMs',
    ]);
    expect(shownSignals(signalsOf(emptySnapshot('pendulum').setup), null).map(({ id }) => id)).toEqual([
      'angle',
      'rate',
      'command',
      'costs',
      'planMs',
    ]);
  });
  test('shows what was chosen, in the order of the stack', () => {
    const all = signalsOf(emptySnapshot('light').setup);
    expect(shownSignals(all, ['lateness', 'angle']).map(({ id }) => id)).toEqual(['angle', 'lateness']);
  });
  test('prints units of the screen: degrees, never radians', () => {
    for (const { unit } of signalsOf(emptySnapshot('light').setup)) expect(unit).not.toMatch(/rad/);
  });
});

describe('an angle', () => {
  const { history, window, data } = recorded();
  const columns = data('angle').take(history, window);
  test('never draws a line across the seam', () => {
    let previous: number | null = null;
    for (const value of columns[1]) {
      if (value !== null && previous !== null) expect(Math.abs(value - previous)).toBeLessThanOrEqual(180);
      previous = value;
    }
  });
  test('stays within (−180, 180]', () => {
    for (const value of columns[1]) if (value !== null) expect(value > -180 && value <= 180).toBe(true);
  });
});

describe('an axis', () => {
  test('follows measured and chosen plan, whatever the model doubts', () => {
    const { history, window, frame, data } = recorded();
    const sure = data('rate');
    const calm = sure.bounds(sure.take(history, window), window);
    const doubtful = data('rate');
    const wide = { ...window, plan: { ...frame, band: frame.band.map((value) => value * 100) } };
    expect(doubtful.bounds(doubtful.take(history, wide), wide)).toEqual(calm);
  });
  test('always holds the limits of the rail', () => {
    const { history, window, data } = recorded();
    const place = data('position');
    const [low, high] = place.bounds(place.take(history, window), window);
    expect(low).toBeLessThanOrEqual(-2.4);
    expect(high).toBeGreaterThanOrEqual(2.4);
  });
});

describe('a value under the mouse', () => {
  const { history, window, frame, data } = recorded();
  const place = data('position');
  place.take(history, window);
  test('left of now is what was measured', () => {
    const row = history.nearest(window.now - 0.5);
    expect(place.valueAt(-0.5)).toBe(history.state(row, 0));
  });
  test('right of now is what is planned, and nothing beyond the plan', () => {
    expect(place.valueAt(0.05)).toBeCloseTo(frame.states[0], 6);
    expect(place.valueAt(9)).toBeNaN();
  });
});

describe('cost over experience', () => {
  test('is cost per second, and adds up to the cost of its episodes', () => {
    const { history, snapshot } = recorded();
    const { at, cost } = costCurve(history, snapshot.learning);
    expect(at.length).toBe(cost.length);
    expect(cost).toContain(null); // a new episode is no line
    const { episodes } = snapshot.learning;
    const total = episodes.reduce((sum, episode) => sum + episode.cost, 0);
    const values = cost.filter((value): value is number => value !== null);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    // bins at the ends of an episode are shorter than the others
    expect(Math.abs(mean * snapshot.learning.experienceSeconds - total) / total).toBeLessThan(0.08);
  });
});

describe('the story of learning', () => {
  const { learning } = recordedRun().snapshot;
  test('begins with random data', () => expect(story(emptySnapshot().learning)).toEqual(['Random actions, to learn from.']));
  test('says what was done and how fresh it is', () => expect(story(learning)[1]).toMatch(/^Fitted 4 times, last 0\.\d s ago\.$/));
  test('tells the seconds to the first lasting swing-up', () =>
    expect(story({ ...learning, swungUpAfterSeconds: 4.85 })[0]).toBe('Swung up after 4.8 s.'));
  test('a fault is the whole story', () =>
    expect(story({ ...learning, fault: 'The learner was killed.' })).toEqual(['The learner was killed.']));
});

test('in slow motion a plan may take longer, and the deadline is drawn there', () => {
  const { setup } = recordedRun('light').snapshot;
  const deadline = (ms?: number) => signalsOf(setup, ms).find(({ id }) => id === 'planMs')!;
  expect(deadline().limits).toEqual([50]);
  expect(deadline(500)).toMatchObject({ limits: [500], limitLabel: 'deadline 500 ms' });
});
