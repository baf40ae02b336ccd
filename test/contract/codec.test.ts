import { describe, expect, test } from 'vitest';
import { decode, encode } from '../../src/shared/contract/codec';
import { randomStream, type Random } from '../../src/shared/math/random';

const roundTrip = (message: unknown) => decode(encode(message));

describe('what is sent arrives', () => {
  test.each<[string, unknown]>([
    ['nothing but JSON', { kind: 'call', id: 7, name: 'stop', params: { reason: 'ä ≤ 🙂' } }],
    ['null, booleans, nested lists', [null, true, [false, [[]]], { a: {} }]],
    ['a number alone', 3.5],
    ['NaN and infinities outside arrays', { cost: Infinity, least: -Infinity, planMs: NaN, list: [NaN, 1] }],
    ['doubles', { states: Float64Array.of(1, -0, 1e308, 5e-324, NaN, Infinity, -Infinity) }],
    ['singles', { tips: Float32Array.of(0.1, NaN, -Infinity) }],
    ['bytes', { frame: Uint8Array.of(0, 1, 255) }],
    ['empty arrays', { a: new Float64Array(), b: new Float32Array(), c: new Uint8Array(), d: Float64Array.of(1) }],
    [
      'arrays in lists, of every kind, of awkward lengths',
      [Uint8Array.of(1), Float64Array.of(2), Uint8Array.of(1, 2, 3, 4, 5), Float32Array.of(3), Float64Array.of(4)],
    ],
    ['an array alone', Float64Array.of(1, 2)],
  ])('%s', (_what, message) => {
    expect(roundTrip(message)).toEqual(message);
  });

  test('a negative zero keeps its sign inside an array', () => {
    expect(Object.is((roundTrip(Float64Array.of(-0)) as Float64Array)[0], -0)).toBe(true);
  });
  test('a view into a larger array travels without its neighbours', () => {
    const all = Float64Array.of(1, 2, 3, 4);
    expect(roundTrip(all.subarray(1, 3))).toEqual(Float64Array.of(2, 3));
  });
  test('a Buffer travels as the bytes that it is', () => {
    expect(roundTrip({ frame: Buffer.from([1, 2, 3]) })).toEqual({ frame: Uint8Array.of(1, 2, 3) });
  });
  test('whatever the alignment of the bytes that come in, and without sharing their memory', () => {
    const message = { states: Float64Array.of(1, 2, 3), tips: Float32Array.of(4) };
    const bytes = encode(message);
    for (let shift = 0; shift < 9; shift++) {
      const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
      shifted.set(bytes);
      const arrived = decode(shifted) as typeof message;
      shifted.fill(0xff);
      expect(arrived).toEqual(message);
      const buffer = Buffer.concat([Buffer.alloc(shift), bytes]).subarray(shift);
      expect(decode(buffer)).toEqual(message);
    }
  });
  test('a thousand random messages', () => {
    const random = randomStream(21);
    for (let i = 0; i < 1000; i++) {
      const message = randomValue(random, 0);
      expect(roundTrip(message)).toEqual(message);
    }
  });
});

describe('what is no message is refused in words', () => {
  test.each<[string, Uint8Array, RegExp]>([
    ['nothing at all', new Uint8Array(), /0 bytes.*shorter than its length field/],
    ['three bytes', new Uint8Array(3), /shorter than its length field/],
    ['a header that claims more than there is', Uint8Array.of(255, 255, 255, 255, 1), /claims 4294967295 bytes/],
    ['text that is no JSON', header('{"a":'), /not JSON/],
    ['bytes that are no UTF-8', Uint8Array.of(2, 0, 0, 0, 0xc3, 0x28), /not JSON/],
    ['an array that reaches beyond the end', header('{"$u":"f64","n":2}'), /beyond its end/],
    ['an array of 2^53 numbers', header('{"$u":"f64","n":9007199254740992}'), /beyond its end/],
    ['half an element', header('{"$u":"f64","n":0.5}'), /does not exist/],
    ['a negative length', header('{"$u":"u8","n":-1}'), /does not exist/],
    ['an unknown kind of array', header('{"$u":"constructor","n":1}'), /does not exist/],
    ['a mark that is no word', header('{"$u":{"$u":"NaN"}}'), /does not exist/],
  ])('%s', (_what, bytes, why) => {
    expect(() => decode(bytes)).toThrow(RangeError);
    expect(() => decode(bytes)).toThrow(why);
  });
  test('every message that was cut short, unless what is missing was padding', () => {
    const bytes = encode({ kind: 'event', frame: Uint8Array.of(1, 2, 3), states: Float64Array.of(1, 2) });
    for (let length = 0; length < bytes.length; length++) expect(() => decode(bytes.subarray(0, length))).toThrow(RangeError);
  });
});

describe('hostile bytes', () => {
  test('ten thousand random and mutated messages give a value or a RangeError, and leave every prototype alone', () => {
    const random = randomStream(22);
    const before = prototypes();
    const originals = Array.from({ length: 40 }, () => encode(randomValue(random, 0)));
    let refused = 0;
    for (let i = 0; i < 10_000; i++) {
      const bytes =
        i % 3 === 0
          ? randomBytes(random)
          : i % 3 === 1
            ? mutated(originals[random.below(originals.length)], random)
            : header(randomText(random));
      try {
        decode(bytes);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(5000);
    expect(refused).toBeLessThan(10_000);
    expect(prototypes()).toEqual(before);
  });
  test('a __proto__ in the header changes no prototype', () => {
    const value = decode(header('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')) as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
  test('lists within lists, thirty thousand deep, are refused and not a crash', () => {
    expect(() => decode(header('['.repeat(30_000) + ']'.repeat(30_000)))).toThrow(RangeError);
  });
});

// ── makers ──

/** A message whose header is this text, with nothing behind it. */
function header(text: string): Uint8Array {
  const head = new TextEncoder().encode(text);
  const bytes = new Uint8Array(4 + head.length);
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  return bytes;
}
function randomValue(random: Random, depth: number): unknown {
  const kind = random.below(depth > 3 ? 8 : 10);
  const count = random.below(6);
  switch (kind) {
    case 0:
      return null;
    case 1:
      return random.uniform() < 0.5;
    case 2:
      return [NaN, Infinity, -Infinity, 1e308, 5e-324][random.below(5)];
    case 3:
      return random.normal();
    case 4:
      return String.fromCodePoint(...Array.from({ length: count }, () => 32 + random.below(0xd000)));
    case 5:
      return Float64Array.from({ length: count }, () => random.normal());
    case 6:
      return Float32Array.from({ length: count }, () => random.normal());
    case 7:
      return Uint8Array.from({ length: count }, () => random.below(256));
    case 8:
      return Array.from({ length: count }, () => randomValue(random, depth + 1));
    default:
      return Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, randomValue(random, depth + 1)]));
  }
}
const randomBytes = (random: Random) => Uint8Array.from({ length: random.below(64) }, () => random.below(256));
function mutated(original: Uint8Array, random: Random): Uint8Array {
  const bytes = original.slice(0, random.uniform() < 0.3 ? random.below(original.length + 1) : original.length);
  for (let flips = random.below(4); flips > 0 && bytes.length > 0; flips--) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}
const words = [
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"$u"',
  '"f64"',
  '"f32"',
  '"u8"',
  '"n"',
  '"NaN"',
  '"__proto__"',
  '1',
  '-1',
  '1e308',
  '4294967296',
  'null',
  '{"$u":"u8","n":0}',
  '{"$u":"NaN"}',
];
const randomText = (random: Random) =>
  random.uniform() < 0.2
    ? words[random.below(words.length)]
    : Array.from({ length: random.below(8) }, () => words[random.below(words.length)]).join('');
const prototypes = () => [Object.prototype, Array.prototype, Float64Array.prototype, Uint8Array.prototype].map((of) => Reflect.ownKeys(of));
