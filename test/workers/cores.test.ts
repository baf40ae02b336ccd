import { expect, test } from 'vitest';
import { coresIn } from '../../src/main/workers/cores';

test('the kernel’s lists of cores are read, and what is no list gives none', () => {
  expect(coresIn('0-1')).toEqual([0, 1]);
  expect(coresIn('0-2,5,8-9')).toEqual([0, 1, 2, 5, 8, 9]);
  expect(coresIn('3')).toEqual([3]);
  expect(coresIn('')).toEqual([]);
  expect(coresIn('0-')).toEqual([]);
  expect(coresIn('ff')).toEqual([]);
});
