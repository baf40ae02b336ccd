import { expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { tune } from '../../src/shared/rollouts/kernels/tuner';
import { networkSubject } from '../support/networkSubject';

const kernels = loadKernels();
const arithmetic = kernels.fuses ? 'fused' : 'portable';

/** A clock that is looked at once at the start, then at the start of each round and after each trial of blocks 6, 5, 4. */
function clockOf(took: (round: number, block: number) => number) {
  let time = 0;
  let looks = 0;
  const rounds = () => (looks - 1) / 4;
  return {
    rounds,
    now() {
      const look = looks++ - 1;
      if (look >= 0 && look % 4 > 0) time += took(Math.floor(look / 4), (look % 4) - 1);
      return time;
    },
  };
}
const milliseconds = ({ trials }: ReturnType<typeof tune>) => trials.map((trial) => trial.milliseconds);

test('the block with the least time is chosen, whatever slow rounds say', () => {
  const rounds = [
    [90, 9, 9],
    [9, 9, 9],
    [5, 4, 6],
    [5, 90, 6],
    [5, 4, 6],
    [70, 4, 6],
  ];
  const clock = clockOf((round, block) => rounds[round]![block]!);
  const tuned = tune(networkSubject(), kernels, clock.now);
  expect(clock.rounds()).toBe(rounds.length);
  expect(milliseconds(tuned)).toEqual([5, 4, 6]);
  expect(tuned.choice).toEqual({ arithmetic, block: 5 });
});

test('a block that the engine has not compiled for good yet is waited for', () => {
  const clock = clockOf((round, block) => (block === 0 ? (round < 20 ? 2 : 0.4) : 0.5));
  const tuned = tune(networkSubject(), kernels, clock.now);
  expect(milliseconds(tuned)[0]).toBeCloseTo(0.4, 12);
  expect(tuned.choice).toEqual({ arithmetic, block: 6 });
});

test('a block that stays slow is waited for no longer than a tenth of a second', () => {
  const clock = clockOf((_, block) => (block === 0 ? 4 : 0.5));
  const tuned = tune(networkSubject(), kernels, clock.now);
  expect(clock.rounds()).toBe(100 / 5);
  expect(tuned.choice).toEqual({ arithmetic, block: 5 });
});
