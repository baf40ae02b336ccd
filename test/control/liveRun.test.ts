import { describe, expect, test } from 'vitest';
import { decodePlanFrame } from '../../src/shared/episodes/planFrame';
import { begin, light, liveRun, PERIOD_MS } from '../support/liveRunHere';

describe('pace', () => {
  test('a patient simulation takes one step a period and plans for each', async () => {
    const live = liveRun({ ms: 10 });
    await begin(live, light());
    live.clock.pass(1000);
    expect(live.steps()).toBeGreaterThanOrEqual(19);
    expect(live.steps()).toBeLessThanOrEqual(21);
    expect(live.basis().every((basis) => basis === 0)).toBe(true);
    expect(live.status().speedNow).toBeCloseTo(1, 1);
  });
  test('time stands still while a plan is late, and the status says how slow it runs', async () => {
    const live = liveRun({ ms: 200 });
    await begin(live, light());
    live.clock.pass(4000);
    expect(live.steps()).toBeGreaterThanOrEqual(18);
    expect(live.steps()).toBeLessThanOrEqual(21);
    expect(live.basis().every((basis) => basis === 0)).toBe(true);
    expect(live.status().speedNow).toBeCloseTo(0.25, 1);
    expect(live.status().late).toBe(0);
  });
  test('at a strict pace time goes on, older plans serve, and every miss is counted', async () => {
    const live = liveRun({ ms: 70 });
    await begin(live, light({ 'loop.pace': 'strict' }));
    live.clock.pass(1000);
    expect(live.steps()).toBeGreaterThanOrEqual(18);
    expect(live.basis()).toContain(1);
    expect(live.status().late).toBeGreaterThan(5);
  });
  test('a search has four fifths of its period at a strict pace, and all the time it wants at a patient one', async () => {
    for (const pace of ['strict', 'patient']) {
      const live = liveRun({ ms: 5 });
      await begin(live, light({ 'loop.pace': pace }));
      const first = live.clock.now();
      live.clock.pass(500);
      expect(live.searches.length).toBeGreaterThan(8);
      live.searches.forEach(({ until }, i) => {
        if (pace === 'patient') expect(until).toBe(Infinity);
        else expect(until).toBeCloseTo(first + i * PERIOD_MS + 0.8 * PERIOD_MS, 6); // from when the period was due, however late it began
      });
    }
  });
  test('without any answer a strict loop damps, then sends zero, and never stops ticking', async () => {
    const live = liveRun({ ms: Infinity });
    await begin(live, light({ 'loop.pace': 'strict' }));
    live.clock.pass(2000);
    expect(live.steps()).toBeGreaterThanOrEqual(38);
    expect(live.basis().slice(0, 6)).toEqual([3, 3, 3, 3, 3, 3]);
    expect(new Set(live.basis().slice(8))).toEqual(new Set([4]));
    expect(
      live
        .commands()
        .slice(8)
        .every((command) => command === 0),
    ).toBe(true);
  });
  test('ten times the speed takes ten times the steps', async () => {
    const live = liveRun({ ms: 1 });
    await begin(live, light());
    live.run.receive({ kind: 'speed', speed: 10 });
    live.clock.pass(500);
    expect(live.steps()).toBeGreaterThan(85);
    expect(live.steps()).toBeLessThanOrEqual(101);
  });
  test('paused, nothing happens; afterwards it goes on where it was', async () => {
    const live = liveRun({ ms: 10 });
    await begin(live, light());
    live.clock.pass(500);
    live.run.receive({ kind: 'pause', paused: true });
    const before = live.status().step;
    live.clock.pass(5000);
    live.run.receive({ kind: 'pause', paused: false });
    expect(live.status().step).toBe(before);
    live.clock.pass(1000);
    expect(live.status().step).toBeGreaterThanOrEqual(before + 14);
  });
});

describe('stop', () => {
  test.each([0, 3, 12, 25, 49])('the command is zero from the stop on, within one period, at phase %i ms', async (phase) => {
    const live = liveRun({ ms: 20 });
    await begin(live, light());
    live.clock.pass(600 + phase);
    const sent = live.steps();
    live.run.receive({ kind: 'stop', reason: 'test' });
    live.clock.pass(PERIOD_MS);
    const after = live.commands().slice(sent);
    live.clock.pass(1000);
    expect(
      live
        .commands()
        .slice(0, sent)
        .some((command) => command !== 0),
    ).toBe(true);
    // rows that were decided before the stop may still wait in the batch: at most those of one batch
    expect(after.filter((command) => command !== 0).length).toBeLessThanOrEqual(1);
    expect(
      live
        .commands()
        .slice(sent + 1)
        .every((command) => command === 0),
    ).toBe(true);
    expect(live.status()).toMatchObject({ running: false, stopped: true, reason: 'test' });
    expect(live.ended()).toHaveLength(1);
    expect(live.ended()[0]).toMatchObject({ trip: 'stopped', how: 'test' });
  });
  test('the pendulum swings on in sight, and a new episode begins only when asked', async () => {
    const live = liveRun({ ms: 10 });
    await begin(live, light());
    live.clock.pass(1500);
    live.run.receive({ kind: 'stop', reason: 'test' });
    const before = live.steps();
    live.clock.pass(2000);
    expect(live.steps()).toBeGreaterThanOrEqual(before + 38);
    await begin(live, light());
    live.clock.pass(500);
    expect(live.status()).toMatchObject({ running: true, stopped: false });
  });
  test('acts while a plan is awaited that never comes', async () => {
    const live = liveRun({ ms: Infinity });
    await begin(live, light());
    live.clock.pass(200);
    live.run.receive({ kind: 'stop', reason: 'test' });
    live.clock.pass(PERIOD_MS);
    expect(live.commands().at(-1)).toBe(0);
    expect(live.status().stopped).toBe(true);
  });
});

test('time stands still for the first model, and goes on with it or without it', async () => {
  const live = liveRun({ ms: 5 });
  const setup = { ...light(), model: 'gaussianProcess' };
  const episode = {
    kind: 'episode',
    setup,
    index: 0,
    plan: { randomSeconds: 0.5, replan: 'everyPeriod', seconds: 8, fitFirst: false },
    pose: undefined,
  } as const;
  live.run.receive({ kind: 'configure', setup });
  live.run.receive(episode);
  live.clock.pass(5000);
  expect(live.status()).toMatchObject({ awaitsModel: true, running: true });
  expect(live.steps()).toBe(12); // 0.5 s of random data and two periods
  expect(new Set(live.basis())).toEqual(new Set([2]));
  live.run.receive({ kind: 'goOn' });
  live.clock.pass(1000);
  expect(live.steps()).toBeGreaterThan(25);
  live.run.receive(episode);
  live.clock.pass(5000);
  live.run.receive({ kind: 'stop', reason: 'while waiting' });
  live.clock.pass(1000);
  expect(live.status()).toMatchObject({ awaitsModel: false, stopped: true });
  expect(live.commands().at(-1)).toBe(0);
});
test('an episode ends at its time, rests with zero and waits for the next', async () => {
  const live = liveRun({ ms: 5 });
  await begin(live, light(), 1);
  live.clock.pass(1500);
  expect(live.ended()).toHaveLength(1);
  expect(live.ended()[0]).toMatchObject({ trip: 'time', seconds: 1, how: 'time' });
  expect(live.commands().at(-1)).toBe(0);
});
test('a cart that leaves its track ends the episode with value and limit', async () => {
  const live = liveRun({ ms: 5 });
  await begin(live, light({ 'plant.trackLimit': 2.4, 'task.target': 2.4, 'task.position': 100, 'task.trackMargin': 0.001 }), 30);
  live.run.receive({ kind: 'push', force: 100, torque: 0, seconds: 1 });
  live.clock.pass(3000);
  expect(live.ended()[0]).toMatchObject({ trip: 'limit' });
  expect(live.ended()[0]!.how).toMatch(/2\.\d+ m is beyond its limit of 2\.4 m/);
  expect(live.commands().at(-1)).toBe(0);
});
test('pictures of plans come for credits only, and decode', async () => {
  const live = liveRun({ ms: 5 });
  await begin(live, light());
  live.clock.pass(500);
  expect(live.heard.some(({ kind }) => kind === 'plan')).toBe(false);
  live.run.receive({ kind: 'credit', frames: 2 });
  live.clock.pass(1000);
  const frames = live.heard.flatMap((message) => (message.kind === 'plan' ? [decodePlanFrame(message.frame)] : []));
  expect(frames).toHaveLength(2);
  expect(frames[0]).toMatchObject({ horizon: 24, rollouts: 32 + 25, size: 4 });
  expect(frames[0]!.costs.every((cost, k) => k === 0 || cost <= frames[0]!.costs[k - 1]!)).toBe(true);
});
test('at a strict pace a picture comes with every second plan of 20 a second', async () => {
  const live = liveRun({ ms: 5 });
  await begin(live, light({ 'loop.pace': 'strict' }));
  live.clock.pass(1000);
  live.heard.length = 0;
  live.run.receive({ kind: 'credit', frames: 8 });
  live.clock.pass(600);
  expect(live.heard.filter(({ kind }) => kind === 'plan')).toHaveLength(6);
});
test.each(['patient', 'strict'])('a plan that is under way when another run begins is none of the new one, at a %s pace', async (pace) => {
  const planning = { ms: 400 };
  const live = liveRun(planning);
  const setup = light({ 'loop.pace': pace });
  live.run.receive({ kind: 'credit', frames: 1 });
  await begin(live, setup);
  live.clock.pass(100); // the first plan of the old run will come in 300 ms
  live.heard.length = 0;
  await begin(live, setup);
  live.clock.pass(600); // the new run's own takes 400 ms more, and bears the same number
  expect(live.basis().filter((basis) => basis < 3)).toEqual([]);
  expect(live.heard.filter(({ kind }) => kind === 'plan')).toEqual([]);
  expect(live.status().planMs?.p50).toBeUndefined();
  planning.ms = 10;
  live.clock.pass(2000);
  expect(live.basis().at(-1)).toBe(0);
  // and the picture that was thrown away cost no credit
  expect(live.heard.filter(({ kind }) => kind === 'plan')).toHaveLength(1);
});
test('a planner thread that dies costs a damped period and a notice, not the run', async () => {
  const planning = { ms: 10 };
  const live = liveRun(planning);
  await begin(live, light());
  live.clock.pass(500);
  planning.ms = Infinity;
  live.run.receive({ kind: 'credit', frames: 1 });
  live.clock.pass(100);
  planning.ms = 10;
  live.lose('killed in a test');
  live.clock.pass(1000);
  // the picture that was never made cost no credit
  expect(live.heard.filter(({ kind }) => kind === 'plan')).toHaveLength(1);
  expect(live.heard.some((message) => message.kind === 'notice' && message.text.includes('killed in a test'))).toBe(true);
  expect(live.basis().at(-1)).toBe(0);
});
