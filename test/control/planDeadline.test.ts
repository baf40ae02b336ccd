import { expect, test } from 'vitest';
import { PlanDeadline } from '../../src/main/control/planDeadline';

/** Populations that a plan searches before it answers, and its milliseconds. */
function plan(deadline: PlanDeadline, budget: number, durations: readonly number[]): { populations: number; ms: number } {
  let now = 1000;
  deadline.begin(now, budget);
  for (let i = 0; i < durations.length; i++) {
    now += durations[i]!;
    if (deadline.isDue(now)) return { populations: i + 1, ms: now - 1000 };
  }
  return { populations: durations.length, ms: now - 1000 };
}

test('without a budget every population is searched', () => {
  expect(plan(new PlanDeadline(), Infinity, [7, 6, 5, 11, 9])).toEqual({ populations: 5, ms: 38 });
});

test('a plan ends before the population that would end beyond the budget', () => {
  const deadline = new PlanDeadline();
  expect(plan(deadline, 100, [7, 6, 5, 11, 9]).populations).toBe(5);
  expect(plan(deadline, 28, [7, 6, 5, 11, 9])).toEqual({ populations: 3, ms: 18 }); // the fourth would end at 29
  expect(plan(deadline, 30, [7, 6, 5, 11, 9])).toEqual({ populations: 4, ms: 29 });
});

test('what is not known takes as long as what came before it', () => {
  expect(plan(new PlanDeadline(), 16, [7, 6, 5])).toEqual({ populations: 2, ms: 13 });
});

test('a plan whose populations take longer than before expects that of the next one too', () => {
  const deadline = new PlanDeadline();
  plan(deadline, 20, [6, 5, 4]);
  expect(plan(deadline, 20, [8, 9, 8])).toEqual({ populations: 2, ms: 17 });
  expect(plan(new PlanDeadline(), 20, [8, 6, 4])).toEqual({ populations: 3, ms: 18 });
});

test('a population that took long once is tried again', () => {
  const deadline = new PlanDeadline();
  plan(deadline, 20, [4, 15, 4]); // a busy moment
  const populations = Array.from({ length: 12 }, () => plan(deadline, 20, [6, 4, 4]).populations);
  expect(populations[0]).toBe(1);
  expect(populations.at(-1)).toBe(3);
});

test('the first population is searched whatever the budget', () => {
  expect(plan(new PlanDeadline(), 1, [7, 6])).toEqual({ populations: 1, ms: 7 });
});
