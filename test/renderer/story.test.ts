/** The headings of the learning panel are claims. */
import { expect, test } from 'vitest';
import { costTitle, lossTitle } from '../../src/renderer/panels/learning/story';

test.each([
  ['nothing fitted yet', [], 'The model’s loss after each fit'],
  ['one fit', [-1], 'The model’s loss after each fit'],
  ['falling', [-0.6, -1, -1.5], 'The model’s loss falls too'],
  ['falling with a small rise at its end', [-0.6, -1.5, -1.3], 'The model’s loss falls too'],
  ['fallen at first and almost back again', [-1.02, -1.5, -1.3, -1.05], 'The loss rose with new data'],
  ['risen above the first', [-1, -1.2, -0.9], 'The loss rose with new data'],
  ['the same all the time', [0, 0], 'The model’s loss after each fit'],
])('%s', (_what, losses, title) => {
  expect(lossTitle(losses)).toBe(title);
});

const episode = (index: number, seconds: number, cost: number, ended = 'time') => ({
  index,
  fromExperience: 8 * index,
  seconds,
  cost,
  ended,
  lasting: false,
});

test.each([
  ['one episode and the beginning of another, which hangs', [episode(0, 8, 100), episode(1, 1.5, 60, '')], 'Cost over experience'],
  ['a better second episode', [episode(0, 8, 100), episode(1, 8, 70)], 'Cost falls with experience'],
  ['a worse second episode', [episode(0, 8, 100), episode(1, 8, 130)], 'Cost has not fallen yet'],
  [
    'a better second one, and a third that has just begun',
    [episode(0, 8, 100), episode(1, 8, 70), episode(2, 1.1, 45, '')],
    'Cost falls with experience',
  ],
])('costs: %s', (_what, episodes, title) => {
  expect(costTitle(episodes)).toBe(title);
});
