/** Texts of a recording: JSON that gives the same bits again, and how its fields are read when others may have written them. */

/** A recording holds something that it must not; the message is a sentence with the place. */
export class RecordRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'RecordRefused';
  }
}

/** JSON that gives the same bits again: a zero keeps its sign, and what is no number of JSON stands as a word. */
export function json(value: unknown): string {
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : Number.isFinite(value) ? String(value) : `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, one]) => one !== undefined);
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${json(one)}`).join(',')}}`;
}

export type Fields = Readonly<Record<string, unknown>>;
export function parsed(text: string, place: string): Fields {
  try {
    return JSON.parse(text) as Fields;
  } catch {
    throw new RecordRefused(`${place} is no JSON: ${text.slice(0, 40)}`);
  }
}
/** The fields of a message. @throws RecordRefused when it has none */
export function fieldsOf(text: string, place: string): Fields {
  const fields = parsed(text, place) as unknown;
  if (fields === null || typeof fields !== 'object') throw new RecordRefused(`${place} is no group of fields: ${text.slice(0, 40)}`);
  return fields as Fields;
}
const WORDS: Readonly<Record<string, number>> = { NaN, Infinity, '-Infinity': -Infinity };
export function numberIn(fields: Fields, name: string, place: string): number {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value === 'number') return value;
  if (typeof value === 'string' && Object.hasOwn(WORDS, value)) return WORDS[value]!;
  throw new RecordRefused(`${place}: "${name}" is ${value === undefined ? 'missing' : 'no number'}.`);
}
export function numbersIn(fields: Fields, name: string, place: string): number[] {
  const list = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (!Array.isArray(list)) throw new RecordRefused(`${place}: "${name}" is no list of numbers.`);
  return list.map((_, i) => numberIn(list as unknown as Fields, String(i), `${place}, "${name}"`));
}
export function namedIn(fields: Fields, name: string, names: readonly string[], place: string): number[] {
  const inner = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (inner === null || typeof inner !== 'object') throw new RecordRefused(`${place}: "${name}" is no group of numbers.`);
  return names.map((one) => numberIn(inner as Fields, one, `${place}, "${name}"`));
}
export function textIn(fields: Fields, name: string, place: string): string {
  const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
  if (typeof value !== 'string') throw new RecordRefused(`${place}: "${name}" is no text.`);
  return value;
}
