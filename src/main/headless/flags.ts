import { readNumber } from '../../shared/recordings/number';
import { didYouMean } from './nearest';
import { UsageError } from './refusals';

/** A flag as data: the same description parses it, refuses it and explains it. */
export interface Flag<T = unknown> {
  readonly type: 'switch' | 'number' | 'whole number' | 'choice' | 'text' | 'list' | 'span';
  /** SI unit; '' for a pure number or text. */
  readonly unit: string;
  /** As the help shows it: what holds when the flag is absent. */
  readonly default: string;
  /** What may be said, in words or as a list: `0 … 9`, `auto | none`. */
  readonly range: string;
  /** What stands for the value in the help: `N`, `FILE`, `LIST`. */
  readonly placeholder: string;
  readonly meaning: string;
  readonly repeatable: boolean;
  /**
   * @param texts  every value given, in order; empty when the flag is absent
   * @throws UsageError naming what was wanted and what came
   */
  read(texts: readonly string[], flag: string): T;
}
export type Flags = Readonly<Record<string, Flag>>;
/** What the flags of a call say. */
export type ValuesOf<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never };

interface Words {
  readonly meaning: string;
  readonly placeholder?: string;
  /** How the help shows the default when it is no plain value: "the task's". */
  readonly otherwise?: string;
}

export const switchFlag = ({ meaning }: Words): Flag<boolean> => ({
  type: 'switch',
  unit: '',
  default: 'off',
  range: '',
  placeholder: '',
  meaning,
  repeatable: false,
  read: (texts) => texts.length > 0,
});

interface NumberWords extends Words {
  readonly unit: string;
  readonly min: number;
  readonly max: number;
}
/** A number, or undefined when absent and no default is given. */
export function number(words: NumberWords & { readonly default: number }): Flag<number>;
export function number(words: NumberWords): Flag<number | undefined>;
export function number(words: NumberWords & { readonly default?: number }): Flag<number | undefined> {
  return numeric('number', words);
}
/** A whole number, never rounded: a seed of 20 digits is refused, not cut. */
export function whole(words: NumberWords & { readonly default: number }): Flag<number>;
export function whole(words: NumberWords): Flag<number | undefined>;
export function whole(words: NumberWords & { readonly default?: number }): Flag<number | undefined> {
  return numeric('whole number', words);
}

export function choice<const C extends string>(words: Words & { readonly choices: readonly C[]; readonly default: C }): Flag<C>;
export function choice<const C extends string>(words: Words & { readonly choices: readonly C[] }): Flag<C | undefined>;
export function choice<C extends string>(words: Words & { readonly choices: readonly C[]; readonly default?: C }): Flag<C | undefined> {
  return {
    type: 'choice',
    unit: '',
    default: words.otherwise ?? words.default ?? 'none',
    range: words.choices.join(' | '),
    placeholder: words.placeholder ?? 'ID',
    meaning: words.meaning,
    repeatable: false,
    read: ([text], flag) => (text === undefined ? words.default : oneOf(text, words.choices, flag)),
  };
}

/** Text that is judged where it is used (a file, a name, a specification). */
export const text = (words: Words): Flag<string | undefined> => ({
  type: 'text',
  unit: '',
  default: words.otherwise ?? 'none',
  range: '',
  placeholder: words.placeholder ?? 'TEXT',
  meaning: words.meaning,
  repeatable: false,
  read: ([value], flag) => (value === '' ? refuse(flag, 'a value', value) : value),
});
export const texts = (words: Words): Flag<readonly string[]> => ({
  type: 'text',
  unit: '',
  default: words.otherwise ?? 'none',
  range: '',
  placeholder: words.placeholder ?? 'TEXT',
  meaning: words.meaning,
  repeatable: true,
  read: (values, flag) => (values.includes('') ? refuse(flag, 'a value', '') : values),
});

/** A comma-separated list of ids, each once; undefined when absent and no default is given. */
export function list<const C extends string>(
  words: Words & { readonly choices: readonly C[]; readonly default: readonly C[] },
): Flag<readonly C[]>;
export function list<const C extends string>(words: Words & { readonly choices: readonly C[] }): Flag<readonly C[] | undefined>;
export function list<C extends string>(
  words: Words & { readonly choices: readonly C[]; readonly default?: readonly C[] },
): Flag<readonly C[] | undefined> {
  return {
    type: 'list',
    unit: '',
    default: words.otherwise ?? words.default?.join(',') ?? 'none',
    range: words.choices.join(', '),
    placeholder: words.placeholder ?? 'LIST',
    meaning: words.meaning,
    repeatable: false,
    read([value], flag) {
      if (value === undefined) return words.default;
      return eachOnce(
        value.split(',').map((part) => oneOf(part.trim(), words.choices, flag)),
        flag,
      );
    },
  };
}
export const wholeList = (words: NumberWords & { readonly default: readonly number[] }): Flag<readonly number[]> => ({
  type: 'list',
  unit: words.unit,
  default: words.default.join(','),
  range: `whole numbers ${words.min} … ${words.max}`,
  placeholder: words.placeholder ?? 'LIST',
  meaning: words.meaning,
  repeatable: false,
  read([value], flag) {
    if (value === undefined) return words.default;
    return eachOnce(
      value.split(',').map((part) => numberIn(part, 'whole number', words, flag)),
      flag,
    );
  },
});
/** `A-B`, both ends included; undefined when absent. */
export const span = (words: Omit<NumberWords, 'unit'>): Flag<readonly [number, number] | undefined> => ({
  type: 'span',
  unit: '',
  default: words.otherwise ?? 'none',
  range: `${words.min} ≤ A ≤ B ≤ ${words.max}`,
  placeholder: 'A-B',
  meaning: words.meaning,
  repeatable: false,
  read([value], flag) {
    if (value === undefined) return undefined;
    const ends = /^(\d+)-(\d+)$/
      .exec(value)
      ?.slice(1)
      .map((end) => numberIn(end, 'whole number', { ...words, unit: '' }, flag));
    if (ends === undefined || ends[0]! > ends[1]!) return refuse(flag, 'A-B with whole numbers, the smaller first', value);
    return [ends[0]!, ends[1]!];
  },
});

/** One of some ids. @throws UsageError with the nearest */
export function oneOf<C extends string>(value: string, known: readonly C[], flag: string): C {
  const found = known.find((candidate) => candidate === value);
  if (found === undefined) throw new UsageError('unknownId', `"${value}" is not known to ${flag}.`, didYouMean(value, known));
  return found;
}

function numeric(type: 'number' | 'whole number', words: NumberWords & { readonly default?: number }): Flag<number | undefined> {
  return {
    type,
    unit: words.unit,
    default: words.otherwise ?? (words.default === undefined ? 'none' : String(words.default)),
    range: `${words.min} … ${words.max}`,
    placeholder: words.placeholder ?? (type === 'number' ? 'X' : 'N'),
    meaning: words.meaning,
    repeatable: false,
    read: ([value], flag) => (value === undefined ? words.default : numberIn(value, type, words, flag)),
  };
}

function numberIn(
  value: string,
  type: 'number' | 'whole number',
  { min, max, unit }: Pick<NumberWords, 'min' | 'max' | 'unit'>,
  flag: string,
): number {
  const read = readNumber(value);
  const wanted = `a ${type} from ${min} to ${max}${unit === '' ? '' : ` ${unit}`}`;
  const fits = read >= min && read <= max && (type === 'number' || /^[+-]?\d+$/.test(value.trim()));
  return fits ? read : refuse(flag, wanted, value, `Write plain decimal digits, as in ${flag} ${Math.max(min, Math.min(max, 1))}.`);
}

function eachOnce<T>(values: readonly T[], flag: string): readonly T[] {
  const twice = values.find((value, i) => values.indexOf(value) !== i);
  if (twice !== undefined) throw new UsageError('value', `${flag} names "${String(twice)}" twice.`, 'Name it once.');
  return values;
}

function refuse(flag: string, wanted: string, came: string, remedy = `See what ${flag} takes with --help.`): never {
  throw new UsageError('value', `${flag} must be ${wanted}; "${came.slice(0, 60)}" came.`, remedy);
}
