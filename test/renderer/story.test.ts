/** The headings of the learning panel are claims. */
import { expect, test } from 'vitest';
import { lossTitle } from '../../src/renderer/panels/learning/story';

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
