import { expect, test } from 'vitest';
import { gapOf, qualityInWords, type Quality } from '../../src/renderer/scene/quality';

const software: Quality = { engine: 'software', pixelRatio: 1, antialias: false, rollouts: 100, leastGapMs: 40, painter: 'software' };
const gpu: Quality = { engine: 'gpu', pixelRatio: 2, antialias: true, rollouts: Infinity, leastGapMs: 0, painter: 'GPU' };

test('where the processor draws, a simulation that falls behind is drawn less often, and the strip says so', () => {
  expect(qualityInWords(software, gapOf(software, false), false)).toBe('software, 100 paths, 25 Hz');
  expect(qualityInWords(software, gapOf(software, true), false)).toBe('software, 100 paths, 8 Hz');
});
test('a graphics processor draws as often as the display wants, whatever the simulation does', () => {
  expect(gapOf(gpu, true)).toBe(0);
  expect(qualityInWords(gpu, gapOf(gpu, true), false)).toBe('GPU, all paths');
});
