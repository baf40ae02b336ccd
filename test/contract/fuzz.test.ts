import { expect, test } from 'vitest';
import { calls, type CallName } from '../../src/shared/contract/contract';
import { decode, encode } from '../../src/shared/contract/codec';
import { randomStream, type Random } from '../../src/shared/math/random';
import { callNames, fullParams, rememberingApi, servedByHand, settled } from './contractParts';

const PAYLOADS = 100_000;

test('a hundred thousand hostile payloads: none throws, each is answered, and what is let through has the form of its call', async () => {
  const random = randomStream(23);
  const { api, heard } = rememberingApi();
  const server = servedByHand(api);
  const prototype = Reflect.ownKeys(Object.prototype);
  let [calledWithNumber, answered, refused, letThrough] = [0, 0, 0, 0];
  const started = performance.now();
  for (let i = 0; i < PAYLOADS; i++) {
    const name = callNames[random.below(callNames.length)];
    const params = hostileParams(name, random);
    const message =
      random.uniform() < 0.05
        ? hostileValue(random, 0)
        : { kind: 'call', id: i, name: random.uniform() < 0.95 ? name : hostileValue(random, 0), params };
    if (isNumberedCall(message)) calledWithNumber++;
    server.receive(overTheWire(message, random));
    if (i % 1000 !== 999) continue;
    await settled();
    answered += server.sent.length;
    for (const answer of server.sent) if (answer.kind === 'error') refused++;
    for (const call of heard) expectFormOf(call.name as CallName, call.params);
    letThrough += heard.length;
    server.sent.length = heard.length = 0;
  }
  const microseconds = ((performance.now() - started) * 1000) / PAYLOADS;
  console.info(`${refused} refused, ${letThrough} let through, ${microseconds.toFixed(0)} µs a payload, this test's own work included`);
  expect(answered).toBe(calledWithNumber);
  expect(refused + letThrough).toBe(answered);
  expect(refused).toBeGreaterThan(PAYLOADS / 2);
  expect(letThrough).toBeGreaterThan(1000); // else nothing was near enough to the truth to test the check
  expect(Reflect.ownKeys(Object.prototype)).toEqual(prototype);
});

test('64 MB in one field, lists ten thousand deep and detached memory are refused', async () => {
  const { api, heard } = rememberingApi();
  const server = servedByHand(api);
  let deep: unknown = 1;
  for (let i = 0; i < 10_000; i++) deep = [deep];
  const detached = new ArrayBuffer(8);
  structuredClone(detached, { transfer: [detached] });
  const hostile = ['x'.repeat(64 << 20), deep, detached, new Float64Array(1 << 20), new Array(1e6).fill(1)];
  for (const name of callNames) {
    if (fullParams[name] === undefined) continue;
    for (const value of hostile) {
      for (const key of Object.keys(fullParams[name]))
        server.receive({ kind: 'call', id: 1, name, params: { ...(fullParams[name] as object), [key]: value } });
      server.receive({ kind: 'call', id: 1, name, params: value });
      server.receive({ kind: 'call', id: 1, name: value, params: {} });
    }
    server.receive({ kind: 'call', id: 1, name, params: { ...(fullParams[name] as object), ['k'.repeat(1 << 20)]: 1 } });
  }
  await settled();
  expect(heard).toEqual([]);
  expect(server.sent.every(({ kind }) => kind === 'error')).toBe(true);
  expect(Math.max(...server.sent.map(({ message }) => message!.length))).toBeLessThanOrEqual(1000);
});

// ── what arrives must look like this, whatever the check is made of ──

function expectFormOf(name: CallName, params: unknown): void {
  const full = fullParams[name] as Record<string, unknown> | undefined;
  if (full === undefined) {
    if (params !== undefined) throw new Error(`${name} was given ${typeof params}`);
    return;
  }
  if (typeof params !== 'object' || params === null || Array.isArray(params)) throw new Error(`${name} was given no object`);
  for (const key of Reflect.ownKeys(params))
    if (typeof key !== 'string' || !Object.hasOwn(full, key)) throw new Error(`${name} was given the key ${String(key).slice(0, 40)}`);
  for (const value of Object.values(params)) expectTame(name, value, 0);
}
function expectTame(name: string, value: unknown, depth: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new Error(`${name} was given ${value}`);
  if (typeof value === 'string' && value.length > 4096) throw new Error(`${name} was given ${value.length} characters`);
  if (typeof value !== 'object') return;
  if (value === null || depth > 1) throw new Error(`${name} was given ${value === null ? 'null' : 'something deep'}`);
  for (const [key, inner] of Object.entries(value)) {
    if (key.length > 64 || key === '__proto__') throw new Error(`${name} was given the key ${key.slice(0, 40)}`);
    expectTame(name, inner, depth + 1);
  }
}

// ── makers ──

const isNumberedCall = (message: unknown) =>
  typeof message === 'object' &&
  message !== null &&
  (message as { kind?: unknown }).kind === 'call' &&
  typeof (message as { id?: unknown }).id === 'number';

/** Half of them as they are (a MessagePort), half through the codec (a WebSocket), where they have a form there. */
function overTheWire(message: unknown, random: Random): unknown {
  if (random.uniform() < 0.5) return message;
  try {
    return decode(encode(message));
  } catch {
    return message;
  }
}
/** What the call may be given, spoilt in one place or two; sometimes something else altogether, sometimes nothing is wrong. */
function hostileParams(name: CallName, random: Random): unknown {
  const full = fullParams[name] as Record<string, unknown> | undefined;
  if (full === undefined || random.uniform() < 0.1) return hostileValue(random, 0);
  const params: Record<string, unknown> = { ...full };
  for (let spoils = random.below(3); spoils > 0; spoils--) {
    const keys = Object.keys(params);
    const key = keys[random.below(keys.length)] ?? 'lease';
    const way = random.uniform();
    if (way < 0.55) params[key] = hostileValue(random, 0);
    else if (way < 0.7) delete params[key];
    else if (way < 0.8) params[String(hostileValue(random, 3))] = hostileValue(random, 0);
    else if (way < 0.9)
      Object.defineProperty(params, '__proto__', { value: hostileValue(random, 0), enumerable: true, configurable: true, writable: true });
    else if (typeof params[key] === 'object')
      params[key] = { ...(params[key] as object), [String(hostileValue(random, 3))]: hostileValue(random, 1) };
  }
  return params;
}
const odd: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -0,
  1,
  -1,
  0.5,
  1.5,
  1e308,
  -1e308,
  5e-324,
  2 ** 53,
  NaN,
  Infinity,
  -Infinity,
  '',
  'l',
  'a',
  '__proto__',
  'constructor',
  'toString',
];
function hostileValue(random: Random, depth: number): unknown {
  const kind = random.below(depth > 2 ? odd.length : odd.length + 8);
  if (kind < odd.length) return odd[kind];
  const inner = () => hostileValue(random, depth + 1);
  switch (kind - odd.length) {
    case 0:
      return 'x'.repeat(1 << random.below(14));
    case 1:
      return new Array(random.below(300)).fill(1);
    case 2:
      return Array.from({ length: random.below(4) }, inner);
    case 3:
      return Object.fromEntries(Array.from({ length: random.below(4) }, () => [String(hostileValue(random, 3)), inner()]));
    case 4:
      return JSON.parse('{"__proto__":{"lease":"l"},"constructor":{"prototype":{}}}');
    case 5:
      return Float64Array.of(NaN, 1);
    case 6:
      return new Date(NaN);
    default:
      return fullParams[callNames[random.below(callNames.length)]];
  }
}
test('the makers reach every call', () => {
  const random = randomStream(24);
  const passed = new Set<string>();
  for (let i = 0; i < 20_000; i++) {
    const name = callNames[random.below(callNames.length)];
    if (calls[name].check.safeParse(hostileParams(name, random)).success) passed.add(name);
  }
  expect([...passed].sort()).toEqual([...callNames].sort());
});
