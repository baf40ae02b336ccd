import { describe, expect, test } from 'vitest';
import { benchCommandOf } from '../../../src/main/headless/commands/bench';
import { judge, lost, type Goal } from '../../../src/main/headless/commands/bench/goals';
import { farthest } from '../../../src/main/headless/commands/bench/ourSearch';
import { sharesOfPeak } from '../../../src/main/headless/commands/bench/peak';
import { inTurn, rowsOf, type Contender } from '../../../src/main/headless/commands/bench/rounds';
import { exponents } from '../../../src/main/headless/commands/bench/scaling';
import { parityOf, type WorkResult } from '../../../src/main/headless/commands/bench/work';
import { call } from '../../cli/calling';
import { contextOf, StillWatch } from './standIns';

describe('rounds', () => {
  /** Contenders on a made-up clock; the third round takes three times as long for all of them. */
  function race(costs: Readonly<Record<string, number>>, mostRounds: Readonly<Record<string, number>> = {}) {
    let now = 0;
    const calls: string[] = [];
    const contenders = Object.entries(costs).map(([name, ms]): Contender => ({
      name,
      threads: 2,
      ...(name in mostRounds ? { mostRounds: mostRounds[name]! } : {}),
      once() {
        calls.push(name);
        now += ms * (watch.rounds === 3 ? 3 : 1);
      },
    }));
    const watch = new StillWatch();
    return { calls, contenders, context: contextOf({ rounds: 3, watch, now: () => now }) };
  }

  test('everybody warms up three times and then takes turns, the quick ones several times', async () => {
    const { calls, contenders, context } = race({ ours: 200, theirs: 500 });
    await inTurn('W', contenders, context);
    const round = ['ours', 'ours', 'theirs'];
    expect(calls).toEqual([...Array(3).fill('ours'), ...Array(3).fill('theirs'), ...round, ...round, 'ours', 'theirs']);
  });

  test('a ratio is formed within a round, so that a slow moment of the machine does not show in it', async () => {
    const { contenders, context } = race({ ours: 300, theirs: 1500 });
    const { rows, ratios } = rowsOf('W', await inTurn('W', contenders, context));
    expect(rows.map(({ contender, ratioToOurs, samples, minMs, p99Ms }) => [contender, ratioToOurs, samples, minMs, p99Ms])).toEqual([
      ['ours', 1, 5, 300, 900],
      ['theirs', 5, 3, 1500, 4500],
    ]);
    expect(ratios).toEqual([{ work: 'W', against: 'theirs', threads: 2, samples: [5, 5, 5] }]);
  });

  test('who takes seconds is not warmed up and has fewer rounds', async () => {
    const { calls, contenders, context } = race({ ours: 200, slow: 9000 }, { slow: 1 });
    const { rows, ratios } = rowsOf('W', await inTurn('W', contenders, context));
    expect(calls.filter((name) => name === 'slow')).toHaveLength(1);
    expect([rows[1]!.samples, ratios[0]!.samples]).toEqual([1, [45]]);
  });

  test('the share of the peak is taken round by round too, on as many threads', async () => {
    const { contenders, context } = race({ ours: 100, peak: 50 });
    const peak = { ...contenders[1]!, operations: 1000 };
    const all = await inTurn('W', [contenders[0]!, peak], context);
    expect(sharesOfPeak(all[0]!, all, 1200)).toEqual([0.6, 0.6, 0.6]); // 12 operations a millisecond of 20
    expect(sharesOfPeak({ ...all[0]!, contender: { ...contenders[0]!, threads: 1 } }, all, 1200)).toEqual([]);
  });

  test('the exponent of a power law is found', () => {
    const measured = [1, 2, 4].map((value) => ({ rounds: [[3 * value], [5 * value ** 1.5]] }));
    const [straight, steeper] = exponents([1, 2, 4], measured);
    expect(straight).toBeCloseTo(1, 12);
    expect(steeper).toBeCloseTo(1.5, 12);
  });
});

describe('goals', () => {
  const goals: Goal[] = [{ id: 'G', work: 'W', against: 'them', floor: 10, goal: 12 }];
  const judged = (samples: readonly number[], { quiet = true, threads = 2 } = {}) =>
    judge([{ work: 'W', against: 'them', threads, samples }], quiet, goals);

  test('a floor is missed by more than the spread, or not at all', () => {
    expect(judged([9, 9, 9, 9])).toEqual([
      { id: 'G', work: 'W', against: 'them', value: 9, spread: 0, floor: 10, goal: 12, gated: true, passed: false },
    ]);
    expect(judged([7, 8, 9, 10, 11])[0]).toMatchObject({ value: 9, spread: 1, passed: true });
    expect(judged([7.4, 8.4, 8.4, 8.4, 9.4])[0]).toMatchObject({ value: 8.4, passed: false });
    expect(lost(judged([9, 9, 9, 9]))).toEqual(['G: W against them is 9 ± 0; at least 10 is wanted.']);
  });
  test('nothing is held to a floor on a busy machine or on other numbers of threads', () => {
    for (const ratios of [judged([9], { quiet: false }), judged([9], { threads: 1 })]) {
      expect(ratios[0]).toMatchObject({ gated: false, passed: false });
      expect(lost(ratios)).toEqual([]);
    }
  });
  test('what was not measured is absent, never passed', () => {
    expect(judged([])).toEqual([]);
    expect(judge([], true, goals)).toEqual([]);
  });
  test('an exponent has a ceiling as well', () => {
    const exponent: Goal[] = [{ id: 'G', work: 'W', against: 'them', floor: 0.93, goal: 1, ceiling: 1.07 }];
    const passed = (value: number) => judge([{ work: 'W', against: 'them', threads: 2, samples: [value] }], true, exponent)[0]!.passed;
    expect([0.9, 1, 1.1].map(passed)).toEqual([false, true, false]);
  });
});

test('parity is not passed beyond its limit, nor by what is no number', () => {
  expect(parityOf('a', 1e-6, 1e-6).passed).toBe(true);
  expect(parityOf('a', 1.1e-6, 1e-6).passed).toBe(false);
  expect(parityOf('a', farthest(Float64Array.of(1, NaN, 1), Float64Array.of(1, 1, 1)), 1).passed).toBe(false);
  expect(farthest(Float64Array.of(2, 4.4), Float64Array.of(2, 4))).toBeCloseTo(0.1, 12);
});

describe('the command', () => {
  const row = { threads: 2, medianMs: 1, p99Ms: 1, minMs: 1, samples: 3, ratioToOurs: 1, shareOfPeak: null };
  const measured = (ratio: number, apart = 0): WorkResult => ({
    rows: [
      { work: 'W3', contender: 'kernel fused', ...row },
      { work: 'W3', contender: 'plain TypeScript', ...row, ratioToOurs: ratio },
    ],
    ratios: [{ work: 'W3', against: 'plain TypeScript', threads: 2, samples: [ratio] }],
    parity: [parityOf('costs', apart, 1e-6)],
  });
  const run = (result: WorkResult, argv: readonly string[] = [], quiet = true) =>
    call(['bench', 'W3', '--json', '--progress', 'none', ...argv], {
      commands: [
        benchCommandOf(
          { W3: () => Promise.resolve(result) },
          () => undefined,
          () => new StillWatch(quiet),
        ),
      ],
    });

  test('the document', async () => {
    const { code, document } = await run(measured(25));
    expect(code).toBe(0);
    expect(document).toMatchObject({
      command: 'bench',
      machine: { quiet: true },
      peak: null,
      rows: [
        {
          work: 'W3',
          contender: 'kernel fused',
          threads: 2,
          medianMs: 1,
          p99Ms: 1,
          minMs: 1,
          samples: 3,
          ratioToOurs: 1,
          shareOfPeak: null,
        },
        { contender: 'plain TypeScript', ratioToOurs: 25 },
      ],
      ratios: [{ id: 'G7', work: 'W3', against: 'plain TypeScript', value: 25, spread: 0, floor: 18, goal: 30, gated: true, passed: true }],
      parity: [{ what: 'costs', value: 0, limit: 1e-6, passed: true }],
    });
  });
  test('--check ends with 1 below a floor and says which', async () => {
    const { code, document } = await run(measured(12), ['--check']);
    expect(code).toBe(1);
    expect(document.warnings).toEqual([{ code: 'belowFloor', text: 'G7: W3 against plain TypeScript is 12 ± 0; at least 18 is wanted.' }]);
    expect((await run(measured(12))).code).toBe(0);
    expect((await run(measured(25), ['--check'])).code).toBe(0);
  });
  test('a machine that is never quiet holds nothing to a floor and says so', async () => {
    const { code, document } = await run(measured(12), ['--check'], false);
    expect([code, (document.machine as { quiet: boolean }).quiet]).toEqual([0, false]);
    expect(document.warnings).toMatchObject([{ code: 'notQuiet' }]);
  });
  test('other numbers are a failure whatever the machine does', async () => {
    expect((await run(measured(25, 2e-6))).code).toBe(1);
    expect((await run(measured(25, NaN), [], false)).code).toBe(1);
  });
});
