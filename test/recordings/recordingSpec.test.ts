import { describe, expect, test } from 'vitest';
import { readRecordingSpec, withoutMasked } from '../../src/shared/recordings/recordingSpec';
import { MappingError } from '../../src/shared/recordings/refusal';

describe('a recording on the command line', () => {
  test('the whole form', () => {
    expect(readRecordingSpec('energy_measured.csv@0.05:4.2+action=desired.torque+row=0')).toEqual({
      path: 'energy_measured.csv',
      windows: [[0.05, 4.2]],
      windowsGiven: true,
      action: { column: 'desired.torque', unit: undefined },
      row: 0,
      mask: 'auto',
    });
  });

  test('a path alone has one window, open at both ends', () => {
    expect(readRecordingSpec('a.csv')).toEqual({
      path: 'a.csv',
      windows: [[-Infinity, Infinity]],
      windowsGiven: false,
      action: undefined,
      row: 'auto',
      mask: 'auto',
    });
  });

  test('several windows, open ends, any order of keys', () => {
    const spec = readRecordingSpec('d/a.csv@12.2:,:3+row=-1+mask=1:2,2.5:2.6+action="torque, Nm":mNm');
    expect(spec.windows).toEqual([
      [-Infinity, 3],
      [12.2, Infinity],
    ]);
    expect(spec).toMatchObject({
      path: 'd/a.csv',
      row: -1,
      mask: [
        [1, 2],
        [2.5, 2.6],
      ],
      action: { column: 'torque, Nm', unit: 'mNm' },
    });
    expect(readRecordingSpec('a.csv+mask=none+row=auto')).toMatchObject({ mask: 'none', row: 'auto' });
  });

  test('@ and + in names do no harm', () => {
    for (const path of ['user@host.csv', 'a+b.csv', 'run@1.5.csv', 'a@b:c.csv', 'a+speed=3.csv', '2024-01-01T12:00.csv', 'x+rows=1']) {
      expect(readRecordingSpec(path)).toMatchObject({ path, windowsGiven: false });
    }
    expect(readRecordingSpec('a@b+c.csv@1:2+action=x+y')).toMatchObject({
      path: 'a@b+c.csv',
      windows: [[1, 2]],
      action: { column: 'x+y' },
    });
  });

  test.each([
    ['a.csv@2:1', 'ends before it begins'],
    ['a.csv@1:1', 'ends before it begins'],
    ['a.csv@0:2,1:3', 'overlap'],
    ['a.csv@0:1e999', 'not a window of numbers'],
    ['a.csv+row=2', '"row=2"'],
    ['a.csv+row=', '"row="'],
    ['a.csv+mask=some', '"mask=some"'],
    ['a.csv+row=0+row=1', 'given twice'],
    ['a.csv+action=', '"action="'],
    ['a.csv+action=x:', '"action=x:"'],
    ['@1:2', 'names no file'],
  ])('%s is refused in words', (text, says) => {
    expect(() => readRecordingSpec(text)).toThrow(MappingError);
    expect(() => readRecordingSpec(text)).toThrow(says);
  });

  test('masked intervals leave edges behind', () => {
    expect(
      withoutMasked(
        [
          [0, 10],
          [20, 30],
        ],
        [
          [2, 3],
          [9, 21],
          [29, 40],
        ],
      ),
    ).toEqual([
      [0, 2],
      [3, 9],
      [21, 29],
    ]);
    expect(withoutMasked([[0, 1]], [[-1, 2]])).toEqual([]);
    expect(withoutMasked([[0, 1]], [[1, 2]])).toEqual([[0, 1]]);
  });
});
