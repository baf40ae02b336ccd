import { describe, expect, test } from 'vitest';
import { Controls } from '../../src/main/workbench/controls';
import { randomStream } from '../../src/shared/math/random';

function controls() {
  let leases = 0;
  return new Controls(() => `lease ${++leases}`);
}
const [first, second] = [{}, {}];

describe('the controls', () => {
  test('are free at first, and then of whoever asks first', () => {
    const held = controls();
    expect(held.isHeld).toBe(false);
    expect(held.ask(first, false)).toBe('lease 1');
    expect([held.isHeld, held.isHolder(first), held.isHolder(second)]).toEqual([true, true, false]);
    expect(held.ask(second, false)).toBeUndefined();
  });
  test('stay with the same lease when the holder asks again', () => {
    const held = controls();
    held.ask(first, false);
    expect([held.ask(first, false), held.ask(first, true)]).toEqual(['lease 1', 'lease 1']);
  });
  test('are taken over only on purpose, and then the old lease is worth nothing', () => {
    const held = controls();
    held.ask(first, false);
    expect(held.ask(second, true)).toBe('lease 2');
    expect(() => held.check(first, 'lease 1')).toThrow('Another client holds the controls. Take them over to command; Stop needs none.');
    expect(() => held.check(second, 'lease 1')).toThrow('This lease is no longer valid: take the controls again.');
    expect(() => held.check(second, 'lease 2')).not.toThrow();
  });
  test('are never lent: the lease of another opens nothing', () => {
    const held = controls();
    held.ask(first, false);
    expect(() => held.check(second, 'lease 1')).toThrow(/Another client/);
  });
  test('are dropped by their holder alone', () => {
    const held = controls();
    held.ask(first, false);
    expect(held.drop(second)).toBe(false);
    expect(held.drop(first)).toBe(true);
    expect(held.drop(first)).toBe(false);
    expect(() => held.check(first, 'lease 1')).toThrow('Nobody holds the controls: take them first.');
  });
  test('come with a new lease after they were dropped', () => {
    const held = controls();
    held.ask(first, false);
    held.drop(first);
    expect(held.ask(first, false)).toBe('lease 2');
    expect(() => held.check(first, 'lease 1')).toThrow(/no longer valid/);
  });
});

test('ten thousand asks, drops and commands of eight clients: one holder at most at every instant, and nobody commands without the newest lease', () => {
  const random = randomStream(41);
  const held = controls();
  const clients = Array.from({ length: 8 }, () => ({ leases: [] as string[] }));
  /** What must be true, kept in the simplest way. */
  let holder: (typeof clients)[number] | undefined;
  let lease: string | undefined;
  const allLeases: string[] = [];
  let accepted = 0;
  for (let i = 0; i < 10_000; i++) {
    const client = clients[random.below(clients.length)];
    const what = random.uniform();
    if (what < 0.25) {
      const take = random.uniform() < 0.3;
      const given = held.ask(client, take);
      if (holder === undefined || holder === client || take) {
        if (holder !== client) lease = given;
        expect(given).toBe(lease);
        holder = client;
        client.leases.push(given!);
        allLeases.push(given!);
      } else expect(given).toBeUndefined();
    } else if (what < 0.35) {
      expect(held.drop(client)).toBe(holder === client);
      if (holder === client) holder = lease = undefined;
    } else {
      // one of its own leases, old or new, somebody else's, or a guess
      const from = random.uniform() < 0.6 ? client.leases : allLeases;
      const shown = random.uniform() < 0.5 ? from.at(-1) : from[random.below(from.length)];
      let passed = true;
      try {
        held.check(client, shown ?? 'a guess');
      } catch {
        passed = false;
      }
      expect(passed).toBe(holder === client && shown === lease);
      if (passed) accepted++;
    }
    expect(clients.filter((one) => held.isHolder(one))).toEqual(holder === undefined ? [] : [holder]);
    expect(held.isHeld).toBe(holder !== undefined);
  }
  expect(new Set(allLeases).size).toBeGreaterThan(500);
  expect(accepted).toBeGreaterThan(300);
});
