import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { looksNumeric, markOf, numberFault, readNumber } from '../../src/shared/recordings/number';

describe('the strict grammar of numbers', () => {
  const fine: [string, number][] = [
    ['0', 0],
    ['-0', -0],
    ['+5', 5],
    ['007', 7],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E-3', 0.001],
    ['-1.25e+2', -125],
    ['  3.5\t', 3.5],
    ['5.000352859497070312e-03', 0.00500035285949707],
    ['9007199254740992', 2 ** 53],
    ['1e308', 1e308],
    ['0e999', 0],
    ['0.000', 0],
    ['5e-324', 5e-324],
  ];
  test.each(fine)('%j is %d', (text, value) => expect(readNumber(text)).toBe(value));

  const refused: [string, string][] = [
    ['', 'an empty field is not a number'],
    ['   ', 'an empty field is not a number'],
    ['NaN', '"NaN" is not a finite number'],
    ['-inf', '"-inf" is not a finite number'],
    ['Infinity', '"Infinity" is not a finite number'],
    ['1.#QNAN', '"1.#QNAN" is not a finite number'],
    ['null', '"null" stands for a missing value and is not a number'],
    ['N/A', '"N/A" stands for a missing value and is not a number'],
    ['--', '"--" stands for a missing value and is not a number'],
    ['0x1F', '"0x1F" is not a decimal number'],
    ['-0b101', '"-0b101" is not a decimal number'],
    ['1e999', '"1e999" is too large for a number'],
    ['-1e400', '"-1e400" is too large for a number'],
    ['1e-400', '"1e-400" is too small for a number'],
    ['9007199254740993', '"9007199254740993" has more digits than a number can hold'],
    ['12345678901234567890', '"12345678901234567890" has more digits than a number can hold'],
    ['1,5', '"1,5" has a decimal comma where a decimal point was wanted'],
    ['1.234,5', '"1.234,5" has a point and a comma in one number'],
    ['1,234.5', '"1,234.5" has a point and a comma in one number'],
    ['12abc', '"12abc" has text after a number'],
    ['0.5 Nm', '"0.5 Nm" has text after a number'],
    ['90°', '"90°" has text after a number'],
    ['(1.5-2.5e-3j)', '"(1.5-2.5e-3j)" is a complex number, not a real one'],
    ['2024-05-01 12:00:00', '"2024-05-01 12:00:00" is a date or a time of day, not a number'],
    ['12:00:01.5', '"12:00:01.5" is a date or a time of day, not a number'],
    ['1_000', '"1_000" is not a number'],
    ['1 000', '"1 000" is not a number'],
    ['--5', '"--5" is not a number'],
    ['1.2.3', '"1.2.3" is not a number'],
    ['e5', '"e5" is not a number'],
    ['.', '"." is not a number'],
    ['٣', '"٣" is not a number'],
    ['−5', '"−5" is not a number'],
    ['true', '"true" is not a number'],
  ];
  test.each(refused)('%j is refused in words', (text, says) => {
    expect(readNumber(text)).toBeNaN();
    expect(numberFault(text)).toBe(says);
  });

  test('a decimal comma is read where it is the mark, and a point is not', () => {
    expect(readNumber('-1,5e2', ',')).toBe(-150);
    expect(readNumber('7', ',')).toBe(7);
    expect(readNumber('1.5', ',')).toBeNaN();
    expect(numberFault('1.5', ',')).toBe('"1.5" has a decimal point where the rest of the file has decimal commas');
    expect([markOf('1,5'), markOf('1.5'), markOf('15'), markOf('a.b'), markOf('1,5,6')]).toEqual([
      ',',
      '.',
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a stamp in nanoseconds may lose its last digits where the caller says so', () => {
    expect(readNumber('1700000000123456789')).toBeNaN();
    expect(readNumber('1700000000123456789', '.', true)).toBe(1700000000123456800);
  });

  const finite = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value || 0); // String(-0) is "0"
  test('every finite number survives being written and read', () => {
    fc.assert(
      fc.property(finite, (value) => {
        expect(readNumber(String(value))).toBe(value);
        expect(readNumber(value.toExponential(20))).toBe(value);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });

  test('short decimals are read to the same bit as by the language itself', () => {
    const digits = fc.stringMatching(/^-?\d{0,7}\.?\d{0,8}$/);
    fc.assert(
      fc.property(digits, (text) => {
        const value = readNumber(text);
        if (/\d/.test(text)) expect(Object.is(value, Number(text))).toBe(true);
        else expect(value).toBeNaN();
        const comma = readNumber(text.replace('.', ','), ',');
        expect(Object.is(comma, value)).toBe(true);
      }),
      { seed: 2, numRuns: 20_000 },
    );
  });

  test('whatever text comes, the answer is a finite number or a sentence, never an exception', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 30 }), fc.constantFrom('.' as const, ',' as const), (text, mark) => {
        const value = readNumber(text, mark);
        if (Number.isNaN(value)) expect(numberFault(text, mark).length).toBeGreaterThan(10);
        else expect(looksNumeric(text)).toBe(true);
      }),
      { seed: 1, numRuns: 3000 },
    );
  });
});
