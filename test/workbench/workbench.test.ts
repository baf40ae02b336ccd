import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Events, Snapshot, Status, Telemetry } from '../../src/shared/contract/contract';
import { decodePlanFrame } from '../../src/shared/episodes/planFrame';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import type { Setup } from '../../src/shared/setups/setup';
import { callNames, fullParams } from '../contract/contractParts';
import { workbenchHere } from './inProcess';

// Time is the test's: a second of it costs what the work in it costs, and nothing else.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] }));
afterEach(() => void vi.useRealTimers());
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

type House = ReturnType<typeof workbenchHere>;
type Client = ReturnType<House['join']>;
/** Enough to plan with, and a hundredth of the default. */
const small = { 'planner.population': 16, 'planner.iterations': 1 };

/** A workbench on a pendulum, running with a small planner, and a client that holds the controls. */
async function running(options: Parameters<typeof workbenchHere>[0] = {}) {
  const house = workbenchHere(options);
  const client = house.join();
  const { lease } = (await client.takeControls({ take: false })) as { lease: string };
  await client.chooseSetup({ lease, setup: 'pendulum' });
  await client.changeSettings({ lease, values: small });
  await pass(50);
  return { ...house, client, lease };
}
const stateOf = async (client: Client): Promise<[Status['state'], string]> => {
  const { status } = await client.snapshot();
  return [status.state, status.reason];
};
/** Collects one kind of event from now on. */
function heardBy<E extends keyof Events>(client: Client, name: E): Events[E][] {
  const heard: Events[E][] = [];
  client.on(name, (event) => heard.push(event));
  return heard;
}
const valueOf = ({ settings }: Snapshot, id: string) =>
  settings.flatMap((section) => section.settings).find((setting) => setting.id === id)!;
const rowsOf = (blocks: readonly Telemetry[]) => blocks.reduce((sum, { count }) => sum + count, 0);

describe('a first start', () => {
  test('opens on a running simulation of the default setup, before anybody asked', async () => {
    const { join } = workbenchHere();
    await pass(200);
    const snapshot = await join().snapshot();
    expect(snapshot).toMatchObject({
      version: '0.0.0-test',
      setup: { name: 'light', model: { id: 'gaussianProcess' }, controller: { id: 'mpc' } },
    });
    expect(snapshot.status).toMatchObject({ state: 'RUNNING', rig: 'simulated', reason: '', episode: 0, planning: 'random' });
    expect(snapshot.controls).toEqual({ clients: 1, mine: false, held: false });
  });
  test('or of the setup that the shell names, whose values are the defaults to go back to', async () => {
    const setup: Setup = {
      ...builtInSetups.pendulum,
      name: 'heavy',
      seed: 7,
      values: { ...builtInSetups.pendulum.values, 'plant.mass': 2 },
    };
    const client = workbenchHere({ setup }).join();
    await pass(200);
    const snapshot = await client.snapshot();
    expect(snapshot).toMatchObject({ setup: { name: 'heavy', seed: 7 }, status: { state: 'RUNNING' } });
    expect(valueOf(snapshot, 'plant.mass')).toMatchObject({ value: 2, default: 2 });
  });
  test('learns by itself: random data, a fit, and then plans', async () => {
    const { client } = await running();
    await pass(2000);
    const { status, learning } = await client.snapshot();
    expect(status).toMatchObject({ state: 'RUNNING', planning: 'searching' });
    expect(status.model!.fit).toBeGreaterThanOrEqual(3);
    expect(learning.fits).toBe(status.model!.fit);
    expect(learning.experienceSeconds).toBeGreaterThan(1.5);
    expect(learning.rows).toBeGreaterThan(20);
    expect(learning.fault).toBe('');
  });
  test('a client that joins late has a past without a gap, and the present', async () => {
    const { join } = await running();
    await pass(3000);
    const late = join();
    const { history, status } = await late.snapshot();
    let step = history[0].firstStep;
    for (const block of history) {
      expect(block.firstStep).toBe(step);
      expect(block.states.length).toBe(2 * block.count);
      step += block.count;
    }
    expect(step).toBeGreaterThanOrEqual(status.step);
    const telemetry = heardBy(late, 'telemetry');
    await pass(500);
    expect(telemetry[0].firstStep).toBe(step);
  });
});

describe('who may command', () => {
  const commands: readonly [string, (client: Client, lease: string) => Promise<unknown>][] = [
    ['start', (client, lease) => client.start({ lease })],
    ['pause', (client, lease) => client.pause({ lease, paused: true })],
    ['reset', (client, lease) => client.reset({ lease, pose: 'upright' })],
    ['changeSettings', (client, lease) => client.changeSettings({ lease, values: { 'planner.population': 64 } })],
    ['resetSettings', (client, lease) => client.resetSettings({ lease })],
    ['chooseSetup', (client, lease) => client.chooseSetup({ lease, setup: 'pilco' })],
    ['setSpeed', (client, lease) => client.setSpeed({ lease, speed: 5 })],
    ['push', (client, lease) => client.push({ lease, force: 0, torque: 1, seconds: 0.1 })],
    ['forget', (client, lease) => client.forget({ lease })],
    ['cancelFit', (client, lease) => client.cancelFit({ lease })],
    ['releaseControls', (client, lease) => client.releaseControls({ lease })],
  ];
  test.each(commands)('%s is refused without the lease, with a wrong one, and with the lease of another', async (_name, command) => {
    const { client, lease, join, controls } = await running();
    const other = join();
    const before = controls[0].received.filter(({ kind }) => kind !== 'alive').length;
    await expect(command(other, 'guess')).rejects.toThrow(/Another client holds the controls/);
    await expect(command(other, lease)).rejects.toThrow(/Another client holds the controls/);
    await expect(command(client, 'guess')).rejects.toThrow(/no longer valid/);
    await client.releaseControls({ lease });
    await expect(command(client, lease)).rejects.toThrow(/Nobody holds the controls/);
    expect(controls[0].received.filter(({ kind }) => kind !== 'alive')).toHaveLength(before);
  });
  test('one holds the controls; another may take them over, and the first is told', async () => {
    const { client, lease, join } = await running();
    const other = join();
    expect(await other.takeControls({ take: false })).toEqual({ heldByOther: true });
    const told = heardBy(client, 'controls');
    const taken = (await other.takeControls({ take: true })) as { lease: string };
    await pass(1);
    expect(told.at(-1)).toEqual({ clients: 2, mine: false, held: true });
    await expect(client.setSpeed({ lease, speed: 2 })).rejects.toThrow(/Another client/);
    await other.setSpeed({ lease: taken.lease, speed: 2 });
    expect((await client.snapshot()).status.speedWanted).toBe(2);
  });
  test('a client that leaves frees the controls', async () => {
    const { client, join } = await running();
    const other = join();
    client.leave();
    await pass(1);
    expect(await other.takeControls({ take: false })).toHaveProperty('lease');
  });
  test('a client that answers no ping for 750 ms loses them; the simulation goes on', async () => {
    const { client, lease, joinMute } = await running();
    await client.releaseControls({ lease });
    const { near } = joinMute();
    near.send({ kind: 'call', id: 1, name: 'takeControls', params: { take: false } });
    await pass(600);
    expect(await client.takeControls({ take: false })).toEqual({ heldByOther: true });
    const notices = heardBy(client, 'notice');
    await pass(300);
    expect(await client.takeControls({ take: false })).toHaveProperty('lease');
    expect(notices.map(({ text }) => text)).toEqual([
      'The client that held the controls fell silent and lost them; the simulation goes on.',
    ]);
    expect((await client.snapshot()).status.state).toBe('RUNNING');
  });
  test('a client that is asked often and answers keeps them', async () => {
    const { client, lease } = await running();
    await pass(5000);
    await client.setSpeed({ lease, speed: 1 });
  });
});

test('four thousand commands with leases that were guessed, stolen, expired or misshapen change nothing', async () => {
  const { client, lease, joinMute } = await running();
  const { lease: expired } = { lease };
  await client.releaseControls({ lease });
  const { lease: current } = (await client.takeControls({ take: false })) as { lease: string };
  await client.pause({ lease: current, paused: true });
  await pass(100);
  const { notices: _before, ...before } = await client.snapshot();
  const { near, answers } = joinMute();
  const leases: unknown[] = [current, expired, '', 'guess', 'l'.repeat(64), 'l'.repeat(65), NaN, null, { toString: 1 }, [current]];
  const commands = callNames.filter((name) => 'lease' in ((fullParams[name] ?? {}) as object));
  for (let id = 0; id < 4000; id++) {
    const name = commands[id % commands.length];
    near.send({
      kind: 'call',
      id,
      name,
      params: { ...(fullParams[name] as object), lease: leases[Math.floor(id / commands.length) % leases.length] },
    });
    if (id % 500 === 499) await pass(10);
  }
  const results = answers.filter((answer) => ['result', 'error'].includes((answer as { kind: string }).kind));
  expect(results).toHaveLength(4000);
  expect(results.every((answer) => (answer as { kind: string }).kind === 'error')).toBe(true);
  const { notices: _after, ...after } = await client.snapshot();
  expect(after).toEqual({ ...before, controls: { clients: 2, mine: true, held: true } });
});

describe('Stop', () => {
  test('needs no lease: an observer stops, everybody hears the reason, and the command is zero from the next period on', async () => {
    const { client, join } = await running();
    await pass(1000);
    const statuses = heardBy(client, 'status');
    const telemetry = heardBy(client, 'telemetry');
    await join().stop({ reason: 'The cable hangs loose.' });
    await pass(1000);
    expect(statuses.at(-1)).toMatchObject({ state: 'STOPPED', reason: 'The cable hangs loose.' });
    const commands = telemetry.flatMap((block) => Array.from(block.commands));
    expect(commands.length).toBeGreaterThan(15); // the pendulum swings on in sight
    expect(commands.slice(2).every((command) => command === 0)).toBe(true);
  });
  test('holds until Start, which begins a new episode; what happened until then counts as experience', async () => {
    const { client, lease } = await running();
    await pass(1000);
    await client.stop({ reason: 'x' });
    await pass(3000);
    const stopped = await client.snapshot();
    expect(stopped.status.state).toBe('STOPPED');
    expect(stopped.learning.episodes.at(-1)).toMatchObject({ index: 0, ended: 'x', lasting: false });
    const { experienceSeconds } = stopped.learning;
    expect(experienceSeconds).toBeGreaterThanOrEqual(0.9);
    expect(experienceSeconds).toBeLessThan(1.1); // not the three seconds of swinging on
    await client.start({ lease });
    await pass(500);
    const { status, learning } = await client.snapshot();
    expect(status).toMatchObject({ state: 'RUNNING', episode: 1 });
    expect(learning.experienceSeconds).toBeGreaterThanOrEqual(experienceSeconds + 0.4);
    expect(learning.experienceSeconds).toBeLessThan(experienceSeconds + 0.55);
  });
  test('also from the shell, and in every state', async () => {
    const { workbench, client, lease } = await running();
    await client.pause({ lease, paused: true });
    workbench.stop('Escape was pressed.');
    expect(await stateOf(client)).toEqual(['STOPPED', 'Escape was pressed.']);
    workbench.stop('Again.');
    expect(await stateOf(client)).toEqual(['STOPPED', 'Escape was pressed.']);
  });
});

describe('running', () => {
  test('paused, simulated time stands still; Start lets it go on in the same episode', async () => {
    const { client, lease } = await running();
    await pass(1000);
    await client.pause({ lease, paused: true });
    await pass(100);
    const { status } = await client.snapshot();
    await pass(5000);
    expect((await client.snapshot()).status).toMatchObject({ state: 'PAUSED', step: status.step });
    await client.start({ lease });
    await pass(500);
    const after = (await client.snapshot()).status;
    expect(after).toMatchObject({ state: 'RUNNING', episode: 0 });
    expect(after.step).toBeGreaterThan(status.step + 4);
  });
  test('an episode that ends is followed by the next, and the account goes on', async () => {
    const { client, lease } = await running();
    await client.changeSettings({ lease, values: { 'learning.episode': 1 } });
    await client.reset({ lease, pose: 'hanging' });
    await pass(2600);
    const { status, learning } = await client.snapshot();
    expect(status.state).toBe('RUNNING');
    expect(status.episode).toBeGreaterThanOrEqual(3);
    const sums = learning.episodes.map(({ fromExperience, seconds }) => fromExperience + seconds);
    for (const [i, { fromExperience, index }] of learning.episodes.entries()) {
      expect(index).toBe(i);
      if (i > 0) expect(fromExperience).toBeCloseTo(sums[i - 1], 9);
    }
    expect(learning.episodes.slice(1, 3)).toMatchObject([
      { seconds: 1, ended: 'time' },
      { seconds: 1, ended: 'time' },
    ]);
  });
  test('an episode begins from a pose, and the one before it ends with its seconds', async () => {
    const { client, lease } = await running();
    await pass(1000);
    const telemetry = heardBy(client, 'telemetry');
    await client.reset({ lease, pose: [0.3, -1] });
    await pass(200);
    const first = telemetry.find(({ episode }) => episode === 1)!;
    expect(first.firstStep).toBe(0);
    expect(Array.from(first.truths.subarray(0, 2))).toEqual([0.3, -1]);
    const { learning } = await client.snapshot();
    expect(learning.episodes[0].seconds).toBeGreaterThanOrEqual(0.9);
    expect(learning.episodes[0].seconds).toBeLessThan(1.1);
    expect(learning.experienceSeconds - learning.episodes[0].seconds).toBeGreaterThan(0.1);
    expect(learning.experienceSeconds - learning.episodes[0].seconds).toBeLessThan(0.25);
  });
  test('an episode that is cut short leaves the rest of its random data to the next: time never stands still for a fit that cannot come', async () => {
    const { client, lease } = await running();
    await pass(100);
    await client.reset({ lease, pose: 'hanging' });
    await pass(2000);
    const { status, learning } = await client.snapshot();
    expect(status).toMatchObject({ state: 'RUNNING', planning: 'searching', speedReason: '' });
    expect(learning.experienceSeconds).toBeGreaterThan(1.8);
  });
  test.each<[number[], RegExp]>([
    [[0], /A pose of the .*endulum.* has 2 numbers \(angle, rate\); 1 came\./],
    [[0, 0, 0, 0], /4 came/],
  ])('the pose %o is refused in words, and the run goes on', async (pose, words) => {
    const { client, lease } = await running();
    await expect(client.reset({ lease, pose })).rejects.toThrow(words);
    expect((await client.snapshot()).status).toMatchObject({ state: 'RUNNING', episode: 0 });
  });
  test('a pose beyond the end of the track is refused with the limit', async () => {
    const { client, lease } = await running();
    await client.chooseSetup({ lease, setup: 'light' });
    await expect(client.reset({ lease, pose: [3, 0, 0, 0] })).rejects.toThrow('Cart position 3 m is outside -2.4 … 2.4.');
  });
  test('one-shot learning ends after its second episode and says so', async () => {
    const { client, lease } = await running();
    await client.chooseSetup({ lease, algorithm: 'oneShot' });
    await client.changeSettings({ lease, values: { 'learning.episode': 1, 'learning.random': 1 } });
    await client.forget({ lease });
    await pass(4000);
    expect(await stateOf(client)).toEqual(['STOPPED', 'One-shot is done. Start again with "Forget and learn again".']);
    const { learning } = await client.snapshot();
    expect(learning).toMatchObject({ fits: 1, experienceSeconds: 2 });
    expect(learning.episodes).toMatchObject([{ seconds: 1 }, { seconds: 1 }]);
  });
  test('ten times the speed, and a push, reach the rig', async () => {
    const { client, lease } = await running();
    await client.chooseSetup({ lease, controller: 'zero' });
    await client.setSpeed({ lease, speed: 10 });
    const telemetry = heardBy(client, 'telemetry');
    await pass(1000);
    expect(rowsOf(telemetry)).toBeGreaterThan(180);
    expect(rowsOf(telemetry)).toBeLessThanOrEqual(203);
    await client.setSpeed({ lease, speed: 1 });
    telemetry.length = 0;
    await client.push({ lease, force: 0, torque: 2, seconds: 0.2 });
    await pass(100);
    const rates = telemetry.flatMap(({ truths }) => Array.from(truths).filter((_, i) => i % 2 === 1));
    expect(Math.max(...rates.map(Math.abs))).toBeGreaterThan(1);
  });
});

describe('settings', () => {
  test('that are live apply at once, and everybody is told', async () => {
    const { client, lease, join } = await running();
    const told = heardBy(join(), 'settings');
    await client.changeSettings({ lease, values: { 'task.rate': 0.02 } });
    await pass(1);
    expect(told.at(-1)).toMatchObject({ values: { 'task.rate': 0.02 }, pending: {} });
    expect(valueOf(await client.snapshot(), 'task.rate')).toMatchObject({ value: 0.02, default: 0.01 });
  });
  test('of the next episode are pending until it begins', async () => {
    const { client, lease } = await running();
    await client.changeSettings({ lease, values: { 'plant.mass': 1 } });
    expect(valueOf(await client.snapshot(), 'plant.mass')).toMatchObject({ value: 0.57288, pending: 1 });
    const setups = heardBy(client, 'setup');
    await client.reset({ lease, pose: 'hanging' });
    await pass(1);
    expect(setups).toHaveLength(1);
    const setting = valueOf(await client.snapshot(), 'plant.mass');
    expect(setting.value).toBe(1);
    expect(setting).not.toHaveProperty('pending');
  });
  test('that are pending and put back are pending no more', async () => {
    const { client, lease } = await running();
    await client.changeSettings({ lease, values: { 'plant.mass': 1 } });
    await client.resetSettings({ lease, ids: ['plant.mass'] });
    await client.reset({ lease, pose: 'hanging' });
    expect(valueOf(await client.snapshot(), 'plant.mass').value).toBe(0.57288);
  });
  test('apply at once while nothing runs', async () => {
    const { client, lease } = await running();
    await client.stop({ reason: 'x' });
    await client.changeSettings({ lease, values: { 'plant.mass': 1 } });
    const setting = valueOf(await client.snapshot(), 'plant.mass');
    expect(setting.value).toBe(1);
    expect(setting).not.toHaveProperty('pending');
  });
  test('that are locked are refused with their reason', async () => {
    const { client, lease } = await running();
    await expect(client.changeSettings({ lease, values: { 'loop.period': 0.02 } })).rejects.toThrow(
      'Control period (loop.period) cannot be changed now. A model belongs to its period',
    );
  });
  test('are all changed or none', async () => {
    const { client, lease } = await running();
    const wrongs: Record<string, number>[] = [{ 'planner.population': 1e6 }, { 'planer.x': 1 }, { 'loop.period': 0.02 }];
    for (const wrong of wrongs) await expect(client.changeSettings({ lease, values: { 'task.rate': 0.5, ...wrong } })).rejects.toThrow();
    expect(valueOf(await client.snapshot(), 'task.rate').value).toBe(0.01);
  });
  test('go back to the defaults of the setup, not of the schema', async () => {
    const { client, lease } = await running();
    await client.chooseSetup({ lease, setup: 'pilco' });
    await client.stop({ reason: 'x' });
    await client.changeSettings({ lease, values: { 'plant.poleLength': 0.9, 'task.rate': 0.02 } });
    await client.resetSettings({ lease });
    const snapshot = await client.snapshot();
    expect(valueOf(snapshot, 'plant.poleLength')).toMatchObject({ value: 0.6, default: 0.6 });
    expect(valueOf(snapshot, 'task.rate').value).toBe(0.01);
  });
  test('reach the planner while it runs', async () => {
    const { client, lease } = await running();
    await pass(1500);
    expect((await client.snapshot()).status.evaluationsPerPlan).toBe(16 * 1 * 30);
    await client.changeSettings({ lease, values: { 'planner.population': 32, 'planner.iterations': 2 } });
    await pass(500);
    expect((await client.snapshot()).status.evaluationsPerPlan).toBe((32 + 25) * 30); // the second of two rounds tries fewer
  });
});

describe('another setup', () => {
  test('is described to everybody, forgets what was learnt and starts by itself', async () => {
    const { client, lease, join } = await running();
    await pass(1500);
    const before = await client.snapshot();
    const setups = heardBy(join(), 'setup');
    await client.chooseSetup({ lease, setup: 'pilco' });
    await pass(100);
    const { setup, learning, status } = await client.snapshot();
    expect(setups.at(-1)!.setup).toEqual(setup);
    expect(setup).toMatchObject({ name: 'pilco', plant: { id: 'cartPole' }, actionLimit: 10, seed: 1 });
    expect(setup.hash).not.toBe(before.setup.hash);
    expect(learning).toMatchObject({ fits: 0, episode: 0, swungUpAfterSeconds: null });
    expect(status).toMatchObject({ state: 'RUNNING', episode: 0, model: null, planning: 'random' });
  });
  test('knows nothing of the run before it: no row, no second, no episode, no telemetry', async () => {
    const { client, lease } = await running();
    await pass(1500);
    const telemetry = heardBy(client, 'telemetry');
    for (const change of [{ setup: 'light' }, { seed: 2 }, { setup: 'pendulum' }]) {
      await client.chooseSetup({ lease, ...change });
      telemetry.length = 0;
      await pass(300);
      const { learning, history, setup } = await client.snapshot();
      expect(learning.episodes).toHaveLength(1);
      expect(learning.experienceSeconds).toBeLessThanOrEqual(0.3);
      expect(learning.rows).toBeLessThanOrEqual(6);
      for (const block of [...history, ...telemetry]) expect(block.states.length).toBe(block.count * setup.channels.length);
      expect(history[0].firstStep).toBe(0);
      expect(telemetry[0].firstStep).toBe(0);
    }
  });
  test('keeps the values that were set when only a part is changed', async () => {
    const { client, lease } = await running();
    await client.chooseSetup({ lease, planner: 'randomShooting' });
    const snapshot = await client.snapshot();
    expect(snapshot.setup.planner.id).toBe('randomShooting');
    expect(valueOf(snapshot, 'planner.population').value).toBe(16);
  });
  test.each([
    [{ setup: 'nowhere' }, /There is no setup "nowhere"\. Known: light, pilco, pendulum\./],
    [{ model: 'oracle' }, /There is no model "oracle"\. Known: /],
    [{ task: 'juggle' }, /There is no task "juggle"/],
  ])('%o is refused before anything is stopped', async (choice, words) => {
    const { client, lease } = await running();
    await pass(500);
    await expect(client.chooseSetup({ lease, ...choice })).rejects.toThrow(words);
    expect((await client.snapshot()).status).toMatchObject({ state: 'RUNNING', episode: 0 });
    expect((await client.snapshot()).learning.experienceSeconds).toBeGreaterThan(0.4);
  });
  test('forgetting begins again with the same setup', async () => {
    const { client, lease } = await running();
    await pass(1500);
    await client.forget({ lease });
    await pass(100);
    const { learning, setup } = await client.snapshot();
    expect(setup.name).toBe('pendulum');
    expect(learning).toMatchObject({ fits: 0, rows: 0, episode: 0 });
    expect(learning.experienceSeconds).toBeLessThanOrEqual(0.1);
  });
  test('a model that needs no data is there before the first step', async () => {
    const { client, lease } = await running();
    await client.chooseSetup({ lease, model: 'physics' });
    await client.changeSettings({ lease, values: { ...small, 'learning.random': 0 } });
    await client.forget({ lease });
    await pass(400);
    expect((await client.snapshot()).status).toMatchObject({ planning: 'searching', model: { fit: 1, rows: 0 } });
  });
});

describe('children that fail', () => {
  test('a control process that dies is a fault with its reason; a new one is there, knows the model, and waits for Start', async () => {
    const { client, lease, controls } = await running();
    await pass(1500);
    const notices = heardBy(client, 'notice');
    controls[0].die();
    await pass(10);
    expect(await stateOf(client)).toEqual(['FAULT', 'The control process was killed (SIGKILL).']);
    expect(notices).toMatchObject([
      { level: 'fault', text: 'The control process was killed (SIGKILL). The command is zero; a new one was started and waits for Start.' },
    ]);
    expect(controls).toHaveLength(2);
    await pass(2000);
    expect(await stateOf(client)).toEqual(['FAULT', 'The control process was killed (SIGKILL).']);
    expect(controls[1].received.map(({ kind }) => kind)).not.toContain('episode');
    const telemetry = heardBy(client, 'telemetry');
    await client.start({ lease });
    await pass(1000);
    expect(await stateOf(client)).toEqual(['RUNNING', '']);
    expect(rowsOf(telemetry)).toBeGreaterThan(15);
    const { status, learning } = await client.snapshot();
    expect(status.planning).toBe('searching');
    expect(learning.experienceSeconds).toBeGreaterThan(2);
  });
  test('a control process that hangs is killed after two seconds', async () => {
    const { client, controls } = await running();
    await pass(500);
    controls[0].hang();
    await pass(1500);
    expect((await client.snapshot()).status.state).toBe('RUNNING');
    await pass(1000);
    expect((await client.snapshot()).status.state).toBe('FAULT');
    expect(controls).toHaveLength(2);
  });
  test('a control process that starts slowly is waited for, and not for ever', async () => {
    const { join, controls } = workbenchHere();
    controls[0].hang(); // it has not even said hello
    const client = join();
    await pass(12_000);
    expect(controls).toHaveLength(1);
    await pass(6_000);
    expect((await client.snapshot()).status.state).toBe('FAULT');
    expect(controls).toHaveLength(2);
  });
  test('a learner that dies costs its fit and nothing else; the next fit starts another', async () => {
    const { client, learners } = await running({ sliceMs: 20 });
    await pass(900);
    const notices = heardBy(client, 'notice');
    expect(learners).toHaveLength(1);
    learners[0].die();
    await pass(10);
    expect(notices.map(({ level }) => level)).toEqual(['warning']);
    expect(notices[0].text).toMatch(/^A fit failed: The learner process was killed \(SIGKILL\) during a fit\./);
    expect((await client.snapshot()).status.state).toBe('RUNNING');
    await pass(6000);
    expect(learners.length).toBeGreaterThanOrEqual(2);
    const { learning } = await client.snapshot();
    expect(learning.fits).toBeGreaterThan(0);
    expect(learning.fault).toBe('');
  });
});

test('a fit that fails before the episode that wanted it leaves random data, not a simulation that stands still', async () => {
  const { client, lease, learners } = await running({ sliceMs: 20 });
  await client.chooseSetup({ lease, algorithm: 'iterative' });
  await client.changeSettings({ lease, values: { 'learning.random': 1 } });
  await client.forget({ lease });
  await pass(1300);
  expect((await client.snapshot()).learning.fit).not.toBeNull();
  learners.at(-1)!.die();
  await pass(1000);
  const { status, learning } = await client.snapshot();
  expect(status).toMatchObject({ state: 'RUNNING', episode: 1, planning: 'random', speedReason: '' });
  expect(learning.fault).toMatch(/^The learner process was killed/);
  expect(learning.experienceSeconds).toBeGreaterThan(1.5);
});

describe('pictures of plans', () => {
  test('come only to who can draw them, one for each credit', async () => {
    const { client, join } = await running();
    await pass(1500);
    const observer = join();
    const frames = heardBy(client, 'plan');
    const others = heardBy(observer, 'plan');
    await pass(500);
    expect([frames.length, others.length]).toEqual([0, 0]);
    await client.planCredit({ credits: 2 });
    await client.planCredit({ credits: 1 });
    await pass(1000);
    expect(others).toHaveLength(0);
    expect(frames.length).toBeGreaterThanOrEqual(2);
    expect(frames.length).toBeLessThanOrEqual(3);
    expect(decodePlanFrame(frames[0].frame)).toMatchObject({ size: 2, horizon: 30 });
  });
  test('a client that returns each credit sees one plan after the other; credits cannot be hoarded', async () => {
    const { client } = await running();
    await pass(1000);
    const steps: number[] = [];
    client.on('plan', ({ frame }) => {
      steps.push(decodePlanFrame(frame).step);
      void client.planCredit({ credits: 1 });
    });
    for (let i = 0; i < 50; i++) void client.planCredit({ credits: 8 });
    await pass(1000);
    expect(steps.length).toBeGreaterThan(12);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
  });
  test('go on after the control process was replaced', async () => {
    const { client, lease, controls } = await running();
    client.on('plan', () => void client.planCredit({ credits: 1 }));
    await client.planCredit({ credits: 2 });
    await pass(1500);
    controls[0].die();
    await pass(500);
    const frames = heardBy(client, 'plan');
    await client.start({ lease });
    await pass(2000);
    expect(frames.length).toBeGreaterThan(12);
  });
});

describe('closing', () => {
  test('stops, lets the children leave in order, and then lets the clients go', async () => {
    const { workbench, client, controls, learners } = await running();
    await pass(1000);
    const lost: string[] = [];
    client.onLost((reason) => lost.push(reason));
    const closed = workbench.close();
    await pass(10);
    await closed;
    expect(controls[0].received.map(({ kind }) => kind).slice(-2)).toEqual(['stop', 'leave']);
    expect(learners[0].received.at(-1)).toEqual({ kind: 'leave' });
    expect(controls).toHaveLength(1);
    expect(lost).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });
  test('kills a child that does not leave', async () => {
    const { workbench, controls, learners } = await running();
    await pass(1000);
    controls[0].hang();
    learners[0].hang();
    let over = false;
    void workbench.close().then(() => (over = true));
    await pass(2900);
    expect(over).toBe(false);
    await pass(200);
    expect(over).toBe(true);
  });
});
