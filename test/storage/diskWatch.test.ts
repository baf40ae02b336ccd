import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { DiskWatch, freeBytesIn } from '../../src/main/storage/diskWatch';

/** 1 MB a second, looked at every 10 s, with so many minutes left each time. */
function said(minutesLeft: readonly number[]): (string | undefined)[] {
  const watch = new DiskWatch();
  watch.look(0, 1e12, 0);
  return minutesLeft.map((minutes, i) => watch.look((i + 1) * 10e6, minutes * 60e6, (i + 1) * 10_000));
}

test('ten and two minutes before the disk is full it is said, once each', () => {
  const words = said([60, 9.9, 9, 3, 1.9, 1, 0.1]);
  expect(words.map((word) => word !== undefined)).toEqual([false, true, false, false, true, false, false]);
  expect(words[1]).toBe('The disk is nearly full: 594 MB are left, some 10 min of recording at this rate. Make room.');
  expect(words[4]).toContain('114 MB are left, some 1.9 min');
});
test('a jump below both is said once, and again after there was room', () => {
  expect(said([60, 1, 1, 30, 1]).map((word) => word !== undefined)).toEqual([false, true, false, false, true]);
});
test('while nothing is written nothing is said', () => {
  const watch = new DiskWatch();
  for (let i = 0; i < 5; i++) expect(watch.look(5, 1000, i * 10_000)).toBeUndefined();
});
test('the system says how much is free, or counts as endless', () => {
  expect(freeBytesIn(tmpdir())).toBeGreaterThan(0);
  expect(Number.isFinite(freeBytesIn(tmpdir()))).toBe(true);
  expect(freeBytesIn('/not/there')).toBe(Infinity);
});
