import { expect, test } from 'vitest';
import { CommandGate } from '../../src/main/control/gate';
import { randomStream } from '../../src/shared/math/random';

const strange = [NaN, Infinity, -Infinity, 1e308, -1e308, 5e-324, -0, 1e16, undefined as unknown as number];

test('a million fuzzed actions: nothing beyond limit or slew, nothing that is no number', () => {
  const random = randomStream(11);
  const latch = { stopped: false };
  const [limit, slew] = [10, 3];
  const gate = new CommandGate({ limit, slew }, latch);
  let last = 0;
  for (let i = 0; i < 1_000_000; i++) {
    const wild = random.uniform();
    const action = wild < 0.1 ? strange[Math.floor(random.uniform() * strange.length)]! : (2 * random.uniform() - 1) * 40;
    const allowed = random.uniform() < 0.95;
    if (random.uniform() < 0.001) latch.stopped = !latch.stopped;
    const command = gate.pass(action, allowed);
    if (!(command >= -limit && command <= limit)) throw new Error(`${command} left the gate for ${action}`);
    if (command !== 0 && Math.abs(command - last) > slew * (1 + 1e-12)) throw new Error(`slew ${last} to ${command}`);
    if ((latch.stopped || !allowed || !Number.isFinite(action)) && command !== 0)
      throw new Error(`${command} left the gate although it had to be zero`);
    last = command;
  }
});
test('says what it did to a command', () => {
  const latch = { stopped: false };
  const gate = new CommandGate({ limit: 10, slew: Infinity }, latch);
  expect([gate.pass(3, true), gate.verdict]).toEqual([3, 'passed']);
  expect([gate.pass(30, true), gate.verdict]).toEqual([10, 'limited']);
  expect([gate.pass(NaN, true), gate.verdict]).toEqual([0, 'notFinite']);
  expect([gate.pass(3, false), gate.verdict]).toEqual([0, 'notAllowed']);
  latch.stopped = true;
  expect([gate.pass(3, true), gate.verdict]).toEqual([0, 'stopped']);
});
test('stopping is never ramped: zero is exempt from slew', () => {
  const latch = { stopped: false };
  const gate = new CommandGate({ limit: 10, slew: 1 }, latch);
  for (let i = 0; i < 10; i++) gate.pass(10, true);
  latch.stopped = true;
  expect(gate.pass(10, true)).toBe(0);
});
