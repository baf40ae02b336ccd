import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { basisOf } from '../../src/main/workbench/setups';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';
import { workbenchHere } from './inProcess';

let home: string;
let here: ReturnType<typeof workbenchHere>;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'upright-saved-'));
  here = workbenchHere({ home, setup: builtInSetups.pilco! });
});
afterEach(async () => {
  await here.workbench.close();
  rmSync(home, { recursive: true, force: true });
});
type Client = ReturnType<typeof here.join>;
async function leaseOf(client: Client): Promise<string> {
  const held = await client.takeControls({ take: true });
  return 'lease' in held ? held.lease : '';
}
const entry = async (client: Client, id: string) =>
  (await client.snapshot()).settings.flatMap(({ settings }) => settings).find((one) => one.id === id)!;
const running = async (client: Client) => {
  while ((await client.snapshot()).status.state !== 'RUNNING') await new Promise((turn) => setImmediate(turn));
};

test('a setup is saved with what waits for the next episode, changed, and loaded as it was', async () => {
  const client = here.join();
  const lease = await leaseOf(client);
  await running(client);
  await client.changeSettings({ lease, values: { 'planner.horizon': 0.9, 'task.target': 0.3 } });
  expect((await entry(client, 'planner.horizon')).pending).toBe(0.9);
  await client.saveSetup({ name: 'bench 2' });
  const [saved] = (await client.savedSetups()).setups;
  expect(saved).toMatchObject({ name: 'bench 2', plant: 'Cart-pole', reason: '' });
  await client.changeSettings({ lease, values: { 'task.target': -0.5, 'planner.horizon': 2 } });
  await client.chooseSetup({ lease, setup: 'light', seed: 7 });
  await client.loadSetup({ lease, name: 'bench 2' });
  const { setup, catalog } = await client.snapshot();
  expect(setup).toMatchObject({ name: 'bench 2', seed: 1, hash: saved!.hash });
  expect(await entry(client, 'planner.horizon')).toMatchObject({ value: 0.9 });
  expect(await entry(client, 'task.target')).toMatchObject({ value: 0.3 });
  expect(catalog.setups.map(({ name }) => name)).toEqual(Object.keys(builtInSetups));
  await client.saveSetup({ name: 'bench 2', replace: true });
  expect((await client.savedSetups()).setups[0]!.hash).toBe(saved!.hash);
});

test('of a loaded setup every value that was changed goes back one by one, to the built-in setup that it came from', async () => {
  const client = here.join();
  const lease = await leaseOf(client);
  await client.stop({ reason: 'enough' });
  await client.changeSettings({ lease, values: { 'plant.poleMass': 0.4, 'task.target': 0.3 } });
  await client.saveSetup({ name: 'a' });
  await client.loadSetup({ lease, name: 'a' });
  await client.stop({ reason: 'enough' });
  expect(await entry(client, 'plant.poleMass')).toMatchObject({ value: 0.4, default: 0.5 });
  expect(await entry(client, 'plant.cartMass')).toMatchObject({ value: 0.5, default: 0.5 });
  await client.resetSettings({ lease, ids: ['plant.poleMass'] });
  expect(await entry(client, 'plant.poleMass')).toMatchObject({ value: 0.5 });
  expect(await entry(client, 'task.target')).toMatchObject({ value: 0.3 });
  await client.resetSettings({ lease });
  expect(await entry(client, 'task.target')).toMatchObject({ value: 0 });
});

test('a period of its own is the default of a saved setup, for nobody could reset it', () => {
  const { light, pendulum } = builtInSetups as { light: Setup; pendulum: Setup };
  const own = { ...pendulum, name: 'x', values: { 'loop.period': 0.02, 'plant.mass': 0.7, 'of.nothing': 1 } };
  expect(basisOf(own)).toEqual({ ...own, values: { 'loop.period': 0.02 } });
  expect(basisOf(withValues(light, { 'rig.delay': 0.01 })).values).toEqual(light.values);
});

test('two clients see the same list, and each hears of what the other did', async () => {
  const [one, other] = [here.join(), here.join()];
  const told: unknown[] = [];
  other.on('setups', (event) => told.push(event));
  await other.savedSetups();
  await one.saveSetup({ name: 'a' });
  expect(await other.savedSetups()).toEqual(await one.savedSetups());
  expect(told).toEqual([{ folder: join(home, 'setups') }]);
  const both = await Promise.allSettled([one.saveSetup({ name: 'b' }), other.saveSetup({ name: 'b' })]);
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect((await one.savedSetups()).setups.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('who only watches may save, compare and delete, but not load', async () => {
  const [driver, watcher] = [here.join(), here.join()];
  const lease = await leaseOf(driver);
  await watcher.saveSetup({ name: 'a' });
  expect((await watcher.compareSetup({ name: 'a' })).setup).toMatchObject({ name: 'a', plant: { id: 'cartPole' } });
  await expect(watcher.loadSetup({ lease, name: 'a' })).rejects.toThrow();
  await expect(watcher.loadSetup({ lease: 'another', name: 'a' })).rejects.toThrow();
  await driver.loadSetup({ lease, name: 'a' });
  await watcher.trashSetup({ name: 'a' });
  expect(here.desktop.trashed).toEqual([join(home, 'setups', 'a.json')]);
});

test('what cannot be loaded stops nothing and is said in words', async () => {
  const client = here.join();
  const lease = await leaseOf(client);
  await client.saveSetup({ name: 'a' });
  writeFileSync(join(home, 'setups', 'broken.json'), '{');
  await running(client);
  for (const [name, why] of [
    ['broken', /not JSON/],
    ['nowhere', /There is no saved setup "nowhere"/],
    ['../setups/a', /no name of a saved setup/],
    ['a\0', /no name of a saved setup/],
    ['light', /built-in/],
  ] as const) {
    await expect(client.loadSetup({ lease, name })).rejects.toThrow(why);
    await expect(client.compareSetup({ name })).rejects.toThrow(why);
  }
  await expect(client.trashSetup({ name: '../tuning' })).rejects.toThrow(/no name of a saved setup/);
  await expect(client.saveSetup({ name: 'light' })).rejects.toThrow(/built-in/);
  await expect(client.saveSetup({ name: 'x'.repeat(300) })).rejects.toThrow(/saveSetup was refused/);
  const { status, setup } = await client.snapshot();
  expect([status.state, setup.name]).toEqual(['RUNNING', 'pilco']);
  expect(readdirSync(join(home, 'setups')).sort()).toEqual(['a.json', 'broken.json']);
});

test('saved setups move with the data folder', async () => {
  const client = here.join();
  const lease = await leaseOf(client);
  const to = `${home}-moved`;
  try {
    await running(client);
    await client.saveSetup({ name: 'a' });
    await client.stop({ reason: 'enough' });
    await client.moveData({ lease, to });
    const { folder, setups } = await client.savedSetups();
    expect([folder, setups.map(({ name }) => name)]).toEqual([join(to, 'setups'), ['a']]);
  } finally {
    rmSync(to, { recursive: true, force: true });
  }
});
