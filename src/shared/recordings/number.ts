/**
 * The strict grammar of numbers in files and on the command line: an optional sign, decimal digits with at most one
 * decimal mark, an optional exponent, blanks around it. Nothing else: `Number('')` is 0, `Number('0x10')` 16,
 * `Number('1e999')` Infinity and `parseFloat('12abc')` 12, and each of these has spoilt somebody's log.
 */
export type DecimalMark = '.' | ',';

/**
 * The number that `text` says, or NaN where it says none; `numberFault` then tells why.
 *
 * @param mayRound  whole numbers may lose their last digits: only for stamps in ns, where that is a tenth of a microsecond
 */
export function readNumber(text: string, mark: DecimalMark = '.', mayRound = false): number {
  const short = readShort(text, mark === '.' ? 46 : 44);
  if (short - short === 0) return short;
  const trimmed = text.trim();
  if (!(mark === '.' ? pointed : commaed).test(trimmed)) return NaN;
  const value = Number(mark === '.' ? trimmed : trimmed.replace(',', '.'));
  if (value - value !== 0) return NaN; // beyond 1.8e308
  if (value === 0) return nonZeroDigit.test(trimmed) ? NaN : value; // below 5e-324: every digit would be lost
  if (trimmed.length > 15 && !mayRound && losesDigits(trimmed, value)) return NaN;
  return value;
}

/** What keeps `text` from being a number, as the first half of a sentence: `"0x1F" is not a decimal number`. */
export function numberFault(text: string, mark: DecimalMark = '.'): string {
  const trimmed = text.trim();
  const shown = trimmed.length > 40 ? `"${trimmed.slice(0, 40)}…"` : `"${trimmed}"`;
  if (trimmed === '') return 'an empty field is not a number';
  if (/^[+-]?(nan|inf(inity)?|1\.#(inf|ind|qnan)\d*)$/i.test(trimmed)) return `${shown} is not a finite number`;
  if (/^(null|none|nil|n\/?a|#n\/?a|-+|missing|undefined)$/i.test(trimmed))
    return `${shown} stands for a missing value and is not a number`;
  if (/^[+-]?0[xob]/i.test(trimmed)) return `${shown} is not a decimal number`;
  if (/[ij]\)?$/i.test(trimmed) && /^\(?[+-]?[\d.]+(e[+-]?\d+)?[+-][\d.]+(e[+-]?\d+)?[ij]\)?$/i.test(trimmed)) {
    return `${shown} is a complex number, not a real one`;
  }
  if (/^(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4})([T ]|$)|^\d{1,2}:\d{2}(:|$)/.test(trimmed))
    return `${shown} is a date or a time of day, not a number`;
  if ((mark === '.' ? pointed : commaed).test(trimmed)) {
    if (wholeNumber.test(trimmed) && trimmed.length > 15 && Number.isFinite(Number(trimmed))) {
      return `${shown} has more digits than a number can hold`;
    }
    return Number(trimmed.replace(',', '.')) === 0 ? `${shown} is too small for a number` : `${shown} is too large for a number`;
  }
  const points = trimmed.split('.').length - 1;
  const commas = trimmed.split(',').length - 1;
  if (points > 0 && commas > 0 && /^[+-]?[\d.,]+$/.test(trimmed)) return `${shown} has a point and a comma in one number`;
  if (mark === '.' && commaed.test(trimmed)) return `${shown} has a decimal comma where a decimal point was wanted`;
  if (mark === ',' && pointed.test(trimmed)) return `${shown} has a decimal point where the rest of the file has decimal commas`;
  if (/^[+-]?[\d.,]*\d[\d.,]*(e[+-]?\d+)?\s*[a-zA-Z°%µ]/.test(trimmed)) return `${shown} has text after a number`;
  return `${shown} is not a number`;
}

/** Whether `text` is a number under either decimal mark. */
export const looksNumeric = (text: string): boolean => pointed.test(text.trim()) || commaed.test(text.trim());

/** The decimal mark that a numeric field shows, when it shows one. */
export function markOf(text: string): DecimalMark | undefined {
  const trimmed = text.trim();
  if (trimmed.includes(',') && commaed.test(trimmed)) return ',';
  return trimmed.includes('.') && pointed.test(trimmed) ? '.' : undefined;
}

/**
 * Most fields of a log: a sign, at most 15 digits, a decimal mark, nothing else. Digits and the power of ten are exact, so
 * their quotient is the number nearest to the text, as Number() would give it, in a third of the time. NaN for all the rest.
 */
function readShort(text: string, mark: number): number {
  const length = text.length;
  let at = text.charCodeAt(0) === 45 ? 1 : 0;
  const sign = at === 1 ? -1 : 1;
  if (length - at > 16) return NaN;
  let digits = 0;
  let count = 0;
  let decimals = -1;
  for (; at < length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 48 && code <= 57) {
      digits = digits * 10 + (code - 48);
      count++;
      if (decimals >= 0) decimals++;
    } else if (code === mark && decimals < 0) decimals = 0;
    else return NaN;
  }
  if (count === 0 || count > 15) return NaN;
  return (sign * digits) / powersOfTen[Math.max(0, decimals)]!;
}
const powersOfTen = Array.from({ length: 16 }, (_, power) => Number(`1e${power}`));

const pointed = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const commaed = /^[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?$/;
const nonZeroDigit = /^[^eE]*[1-9]/;
const wholeNumber = /^[+-]?\d+$/;

// Decimals are rounded to the nearest number by nature; a whole number (a seed, a count, a stamp in ns) must survive as written.
const losesDigits = (text: string, value: number): boolean =>
  wholeNumber.test(text) && BigInt(text.replace('+', '')) !== BigInt(value) && String(value) !== text;
