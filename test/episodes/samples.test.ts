import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { SimulatedRig } from '../../src/main/rigs/simulated';
import { BangBang } from '../../src/shared/controllers/excitation';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';

const folder = join(import.meta.dirname, '../../resources/episodes');
const PERIOD = 0.01;

/** A simulated pendulum that is pumped for 2 s and braked for 1 s in turn, by torques of random size, as a lab would have logged it. */
function episode(name: string, seed: number, seconds: number): string {
  const setup = { ...builtInSetups.pendulum, seed, values: { 'loop.period': PERIOD } };
  const { plant, instance, rig: settings } = resolveSetup(withValues(setup, { 'rig.rates': 'measured', 'rig.delay': 0 }));
  const rig = new SimulatedRig({ plant, instance, settings, period: PERIOD, seed, now: () => 0 });
  const actions = new BangBang(instance.actionLimit, PERIOD, seed);
  actions.reset(0);
  let measurement = rig.start(undefined);
  const rows: string[] = [];
  for (let step = 0; step * PERIOD < seconds; step++) {
    const pumps = (step * PERIOD) % 3 < 2;
    const action = Math.abs(actions.next()) * (measurement.rates![0] >= 0 === pumps ? 1 : -1);
    rows.push(
      [(step * PERIOD).toFixed(2), measurement.positions.at(-1)!.toFixed(4), measurement.rates![0].toFixed(3), action.toFixed(4)].join(','),
    );
    rig.send(step, action);
    measurement = rig.advance();
  }
  return [
    `# title: ${name}, the simulated pendulum, pumped and braked by torques of random size, seed ${seed}`,
    '# units: s,rad,rad/s,N m',
    '# angle: 0 upright, counter-clockwise positive, unwrapped; the action of a row is applied from that row on',
    '# made by: test/episodes/samples.test.ts, with the setup pendulum, rates measured, no delay',
    'time,angle,rate,action',
    ...rows,
    '',
  ].join('\n');
}

test.each([
  ['pendulum-train', 1, 12],
  ['pendulum-test', 2, 6],
] as const)('the sample %s is what its first lines say', (name, seed, seconds) => {
  const file = join(folder, `${name}.csv`);
  const wanted = episode(name, seed, seconds);
  if (!existsSync(file)) writeFileSync(file, wanted); // a sample that was removed on purpose is made anew
  expect(readFileSync(file, 'utf8')).toBe(wanted);
});
