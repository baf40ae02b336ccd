import { expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { tune } from '../../src/shared/rollouts/kernels/tuner';
import { networkSubject } from '../support/networkSubject';

const kernels = loadKernels();

test('the block with the least time is chosen, whatever one slow round says', () => {
  // a clock that tells for each trial how long it took: blocks 6, 5, 4 in turn
  const rounds = [
    [9, 9, 9],
    [9, 9, 9],
    [5, 4, 6],
    [5, 90, 6],
    [5, 4, 6],
    [70, 4, 6],
  ].flat();
  let clock = 0;
  let calls = 0;
  const now = () => (calls++ % 2 === 0 ? clock : (clock += rounds[(calls - 2) / 2]!));
  const { choice, trials } = tune(networkSubject(), kernels, now);
  expect(trials.map(({ milliseconds }) => milliseconds)).toEqual([5, 4, 6]);
  expect(choice).toEqual({ arithmetic: kernels.fuses ? 'fused' : 'portable', block: 5 });
});
