import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openWorkbench, type LinkPage } from '../../src/renderer/link/openWorkbench';
import { Workbench } from '../../src/renderer/state/workbench.svelte';
import { emptySnapshot, recordedRun, ScriptedWorkbench, type SetupName } from './scripted';

const page: LinkPage = { addEventListener: () => undefined, removeEventListener: () => undefined, visibilityState: 'visible' };
let time = 0;
const advance = async (ms: number) => {
  for (let passed = 0; passed < ms; passed += 5) {
    time += 5;
    await vi.advanceTimersByTimeAsync(5);
  }
};
async function joined(scripted: ScriptedWorkbench): Promise<Workbench> {
  const link = openWorkbench(scripted.door, page);
  const workbench = new Workbench(link, () => time);
  link.open();
  await advance(20);
  return workbench;
}

beforeEach(() => {
  time = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

describe('joining', () => {
  test('brings the past along, asks for the controls without taking them, and for two plans', async () => {
    const { snapshot } = recordedRun();
    const scripted = new ScriptedWorkbench(snapshot);
    const workbench = await joined(scripted);
    expect(workbench.phase).toBe('joined');
    expect(workbench.history.count).toBe(snapshot.history.reduce((sum, { count }) => sum + count, 0));
    expect(scripted.named('takeControls').map(({ params }) => params)).toEqual([{ take: false }]);
    expect(scripted.credits).toBe(2);
    expect(workbench.mayCommand).toBe(true);
  });
  test('leaves the controls to whoever holds them; Stop needs none', async () => {
    const scripted = new ScriptedWorkbench(recordedRun().snapshot);
    scripted.heldByOther = true;
    scripted.snapshot = { ...scripted.snapshot, controls: { clients: 2, mine: false, held: true } };
    const workbench = await joined(scripted);
    expect(workbench.mayCommand).toBe(false);
    workbench.change('task.upright', 2);
    await workbench.start();
    workbench.stop('Space was pressed.');
    await advance(100);
    expect(scripted.asked.map(({ name }) => name)).toEqual(['takeControls', 'stop']);
    await workbench.takeControls(true);
    await advance(10);
    expect(workbench.mayCommand).toBe(true);
  });
  test('a workbench that is lost is said, tried again, and found with its past', async () => {
    const { snapshot } = recordedRun();
    const scripted = new ScriptedWorkbench(snapshot);
    const workbench = await joined(scripted);
    scripted.lose();
    await advance(10);
    expect(workbench.phase).toBe('lost');
    expect(workbench.loss?.remedy).toMatch(/start it again/);
    expect(workbench.loopRuns).toBe(false);
    workbench.stop('Space was pressed.');
    expect(workbench.notices.at(-1)).toMatchObject({ level: 'fault', text: expect.stringMatching(/did not reach/) as string });
    await advance(300);
    expect(workbench.phase).toBe('joined');
    expect(workbench.history.count).toBe(snapshot.history.reduce((sum, { count }) => sum + count, 0));
  });
  test('ever longer pauses while nobody answers, at most five seconds', async () => {
    const tries: number[] = [];
    const link = openWorkbench(async () => {
      tries.push(time);
      throw new Error('Nobody answers at this address.');
    }, page);
    const workbench = new Workbench(link, () => time);
    link.open();
    await advance(30_000);
    const pauses = tries.slice(1).map((at, i) => at - tries[i]);
    expect(pauses.slice(0, 6).map((pause) => Math.round(pause / 10) * 10)).toEqual([250, 500, 1000, 2000, 4000, 5000]);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(5010);
    expect(workbench.loss?.reason).toBe('Nobody answers at this address.');
  });
});

describe('settings', () => {
  test('a slider sends at most twenty times a second, and its last word always', async () => {
    const scripted = new ScriptedWorkbench(recordedRun().snapshot, () => time);
    const workbench = await joined(scripted);
    const from = time;
    for (let i = 1; i <= 100; i++) {
      workbench.change('task.upright', i / 10);
      await advance(10);
    }
    await advance(100);
    const sent = scripted.named('changeSettings');
    expect(sent.length).toBeLessThanOrEqual(1 + Math.ceil((time - from) / 50));
    expect(sent.length).toBeGreaterThan(15);
    expect(sent.at(-1)!.params.values).toEqual({ 'task.upright': 10 });
  });
  test('a value is pending from the moment it is asked for until the loop says that it uses it', async () => {
    const scripted = new ScriptedWorkbench(recordedRun().snapshot);
    const workbench = await joined(scripted);
    workbench.change('task.upright', 3);
    expect(workbench.valueOf('task.upright')).toBe(3);
    expect(workbench.isPending('task.upright')).toBe(true);
    await advance(20);
    scripted.announce('settings', { values: { 'task.upright': 3 }, pending: {} });
    await advance(10);
    expect(workbench.isPending('task.upright')).toBe(false);
    expect(workbench.valueOf('task.upright')).toBe(3);
  });
  test('a value for the next episode stays pending, and shows', async () => {
    const scripted = new ScriptedWorkbench(recordedRun().snapshot);
    const workbench = await joined(scripted);
    workbench.change('planner.horizon', 1.5);
    await advance(20);
    scripted.announce('settings', { values: { 'planner.horizon': 1.2 }, pending: { 'planner.horizon': 1.5 } });
    await advance(10);
    expect(workbench.isPending('planner.horizon')).toBe(true);
    expect(workbench.valueOf('planner.horizon')).toBe(1.5);
  });
  test('what a fault said goes when somebody starts again; other notices stay', async () => {
    const { snapshot } = recordedRun();
    const scripted = new ScriptedWorkbench(snapshot);
    const workbench = await joined(scripted);
    const texts = () => workbench.notices.map(({ text }) => text);
    scripted.announce('notice', { level: 'fault', text: 'The control process was killed.', at: 1 });
    scripted.announce('notice', { level: 'warning', text: 'A fit failed.', at: 1 });
    scripted.announce('status', { ...snapshot.status, state: 'FAULT' });
    await advance(10);
    expect(texts()).toEqual(['The control process was killed.', 'A fit failed.']);
    scripted.announce('status', { ...snapshot.status, state: 'RUNNING' });
    await advance(10);
    expect(texts()).toEqual(['A fit failed.']);
  });
  test('a refused value goes back to what holds, and the refusal is said', async () => {
    const scripted = new ScriptedWorkbench(recordedRun().snapshot);
    const workbench = await joined(scripted);
    const before = workbench.valueOf('task.upright');
    workbench.change('task.upright', NaN); // the contract refuses what is not finite
    await advance(50);
    expect(workbench.valueOf('task.upright')).toBe(before);
    expect(workbench.notices.at(-1)?.text).toMatch(/changeSettings was refused/);
  });
});

describe('the stream', () => {
  test('a plan gives its credit back only after a frame was drawn', async () => {
    const { snapshot, plan } = recordedRun();
    const scripted = new ScriptedWorkbench(snapshot);
    const workbench = await joined(scripted);
    scripted.announce('plan', { frame: plan });
    await advance(10);
    expect(scripted.credits).toBe(2);
    workbench.frameDrawn();
    workbench.frameDrawn();
    await advance(10);
    expect(scripted.credits).toBe(3);
  });
  test('a plan begins on the axis where it acts', async () => {
    const { snapshot, plan } = recordedRun();
    const scripted = new ScriptedWorkbench(snapshot);
    const workbench = await joined(scripted);
    scripted.announce('plan', { frame: plan });
    await advance(10);
    expect(workbench.planAt).toBeCloseTo(workbench.history.now + snapshot.setup.period, 6);
    expect(workbench.planApplied).toBe(true);
    expect(workbench.planFigures).toMatchObject({ rollouts: 400 });
  });
  test('what was forgotten is cleared from the plots', async () => {
    const { snapshot } = recordedRun();
    const scripted = new ScriptedWorkbench(snapshot);
    const workbench = await joined(scripted);
    scripted.announce('learning', emptySnapshot().learning);
    await advance(10);
    expect(workbench.history.count).toBe(0);
    expect(workbench.plan).toBeUndefined();
  });
  test('another plant brings other channels, and the old rows go', async () => {
    const scripted = new ScriptedWorkbench(recordedRun().snapshot);
    const workbench = await joined(scripted);
    const { setup, settings } = emptySnapshot('pendulum');
    scripted.announce('setup', { setup, settings });
    await advance(10);
    expect(workbench.history.size).toBe(2);
    expect(workbench.history.count).toBe(0);
    expect(workbench.targetId).toBeUndefined();
  });
});

describe.each<SetupName>(['light', 'pilco', 'pendulum'])('a kick of %s', (name) => {
  test('changes the rate by 2.5 rad/s, alternately to either side', async () => {
    const scripted = new ScriptedWorkbench(recordedRun(name).snapshot);
    const workbench = await joined(scripted);
    workbench.kick();
    workbench.kick();
    await advance(10);
    const pushes = scripted.named('push').map(({ params }) => params as { torque: number; seconds: number; force: number });
    const change = (torque: number, seconds: number) => torque * seconds * workbench.turningGain();
    expect(change(pushes[0].torque, pushes[0].seconds)).toBeCloseTo(2.5, 9);
    expect(change(pushes[1].torque, pushes[1].seconds)).toBeCloseTo(-2.5, 9);
  });
});
