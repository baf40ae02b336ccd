/** What a live run records, whatever happens to it, replays to the last bit. */
import { describe, expect, test } from 'vitest';
import { replayEpisode } from '../../src/main/control/replay';
import type { RecordedEpisode } from '../../src/shared/episodes/readEpisode';
import { resolveSetup } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';
import { timingEdges } from '../../src/shared/episodes/timingRecord';
import { begin, light, liveRun, modelOf, PERIOD_MS } from '../support/liveRunHere';
import { Tape } from '../support/tape';

const record = { folder: '/recordings', software: 'test', startedAt: '2026-11-27T00:00:00.000Z' };
const replayed = (episode: RecordedEpisode) => replayEpisode(episode, resolveSetup(episode.header.setup as Setup));
const identical = { identical: true, difference: '' };

async function recordedRun(values: Record<string, unknown> = {}, planningMs = 5, seconds = 8) {
  const tape = new Tape();
  const folders: string[] = [];
  const live = liveRun({ ms: planningMs }, (folder) => {
    folders.push(folder);
    return tape;
  });
  await begin(live, light(values), seconds, record);
  return { live, tape, folders };
}

describe.each(['patient', 'strict'])('at a %s pace', (pace) => {
  const values = { 'loop.pace': pace };

  test('an episode that runs to its end', async () => {
    const { live, tape, folders } = await recordedRun(values, 5, 1);
    live.clock.pass(3000);
    expect(folders).toEqual(['/recordings']);
    expect(tape.episodes).toHaveLength(1);
    const [episode] = tape.episodes;
    expect(episode!.periods).toHaveLength(21); // 20 actions; what happens after the end is none of it
    expect(episode!.events).toMatchObject([{ kind: 'firstPlan' }, { kind: 'end', text: 'The time of the episode was over.' }]);
    expect(episode!.plans.length).toBeGreaterThan(15);
    expect(replayed(episode!)).toMatchObject(identical);
  });
  test('one that is stopped in the middle', async () => {
    const { live, tape } = await recordedRun(values);
    live.clock.pass(1010);
    live.run.receive({ kind: 'stop', reason: 'Space was pressed.' });
    live.clock.pass(500);
    expect(tape.episodes).toHaveLength(1);
    expect(tape.episodes[0]!.events.at(-1)!.text).toBe('Space was pressed.');
    expect(tape.episodes[0]!.periods.length).toBeGreaterThan(15);
    expect(replayed(tape.episodes[0]!)).toMatchObject(identical);
  });
  test('one that is stopped while its plan is awaited', async () => {
    const { live, tape } = await recordedRun(values, 30);
    live.clock.pass(pace === 'strict' ? 1010 : 1700);
    live.run.receive({ kind: 'settings', setup: light({ ...values, 'task.upright': 3 }) }); // none of it may be lost
    live.run.receive({ kind: 'stop', reason: 'Space was pressed.' });
    live.clock.pass(500);
    expect(tape.episodes[0]!.events.map(({ kind }) => kind)).toEqual(['firstPlan', 'setting', 'stop', 'end']);
    expect(replayed(tape.episodes[0]!)).toMatchObject(identical);
  });
  test('one whose plans come late', async () => {
    const { live, tape } = await recordedRun(values, 1.3 * PERIOD_MS, 1);
    live.clock.pass(4000);
    const bases = new Set(tape.episodes[0]!.periods.map(({ decided }) => decided?.basis));
    expect(bases.has('olderPlan')).toBe(pace === 'strict');
    expect(replayed(tape.episodes[0]!)).toMatchObject(identical);
  });
  test('one whose settings are changed while it runs', async () => {
    const { live, tape } = await recordedRun(values, 5, 2);
    const setup = light(values);
    live.clock.pass(500);
    live.run.receive({ kind: 'settings', setup: { ...setup, values: { ...setup.values, 'task.upright': 3 } } });
    live.clock.pass(300);
    live.run.receive({ kind: 'settings', setup: { ...setup, values: { ...setup.values, 'controller.oldestPlan': 0 } } });
    live.clock.pass(4000);
    const [episode] = tape.episodes;
    expect(episode!.events.map(({ kind }) => kind)).toEqual(['firstPlan', 'setting', 'setting', 'end']);
    expect(replayed(episode!)).toMatchObject(identical);
    // and the change is what makes it so
    const without = { ...episode!, events: episode!.events.filter(({ kind }) => kind !== 'setting') };
    expect(replayed(without)).toMatchObject({ identical: false });
  });
  test('one that is paused, pushed, and begun anew from another pose', async () => {
    const { live, tape } = await recordedRun(values);
    live.clock.pass(400);
    live.run.receive({ kind: 'pause', paused: true });
    live.clock.pass(700);
    live.run.receive({ kind: 'pause', paused: false });
    live.run.receive({ kind: 'push', force: 20, torque: 0, seconds: 0.1 });
    live.clock.pass(400);
    const plan = { randomSeconds: 0, replan: 'everyPeriod', seconds: 8, fitFirst: false } as const;
    live.run.receive({ kind: 'episode', setup: light(values), index: 1, plan, pose: [0, 0, 0.1, 0], record });
    live.clock.pass(600);
    live.run.receive({ kind: 'stop', reason: 'enough' });
    expect(tape.episodes.map(({ header, events }) => [header.episode, events.at(-1)!.text])).toEqual([
      [0, 'Another episode began.'],
      [1, 'enough'],
    ]);
    expect(tape.episodes[0]!.events.map(({ kind }) => kind)).toEqual(['firstPlan', 'pause', 'goOn', 'push', 'end']);
    const push = { text: 'Pushed with 20 N for 0.1 s.', push: { force: 20, torque: 0, seconds: 0.1 } };
    expect(tape.episodes[0]!.events.find(({ kind }) => kind === 'push')).toMatchObject(push);
    for (const episode of tape.episodes) expect(replayed(episode)).toMatchObject(identical);
  });
  test('one whose planner dies, and one that never gets a plan', async () => {
    const dying = await recordedRun(values, 5, 1);
    dying.live.clock.pass(300);
    dying.live.lose('killed by the test');
    dying.live.clock.pass(3000);
    const lost = dying.tape.episodes[0]!.events.find(({ kind }) => kind === 'plannerLost')!;
    expect(lost.text).toBe('The planner thread ended (killed by the test) and was started again.');
    // what was imagined before is there with all its paths, and of later plans the best
    const { fans } = dying.tape.episodes[0]!;
    expect(fans.length).toBeGreaterThan(5);
    for (const { step, rollouts } of fans) expect([step, rollouts > 40]).toEqual([step, step <= lost.step]);
    expect(replayed(dying.tape.episodes[0]!)).toMatchObject(identical);
    const silent = await recordedRun(values, Infinity, 1);
    silent.live.clock.pass(pace === 'strict' ? 2000 : 400_000);
    const bases = new Set(silent.tape.episodes[0]!.periods.map(({ decided }) => decided?.basis));
    expect([...bases]).toEqual(expect.arrayContaining(['damp', 'zero']));
    expect(silent.tape.episodes[0]!.events.some(({ kind }) => kind === 'plannerSilent')).toBe(pace === 'patient');
    expect(silent.tape.episodes[0]!.timings.at(-1)!.latePlans > 0).toBe(pace === 'strict');
    expect(replayed(silent.tape.episodes[0]!)).toMatchObject(identical);
  });
  test('one that breaks a limit', async () => {
    const { live, tape } = await recordedRun({ ...values, 'plant.trackLimit': 0.5 });
    live.run.receive({ kind: 'push', force: 60, torque: 0, seconds: 0.5 });
    live.clock.pass(5000);
    const [fault, end] = tape.episodes[0]!.events.slice(-2);
    expect([fault!.kind, end!.kind]).toEqual(['limit', 'end']);
    expect(fault!.text).toContain('is beyond its limit');
    expect(end!.text).toBe(fault!.text);
    expect([fault!.step, fault!.before]).toEqual([tape.episodes[0]!.periods.at(-1)!.step, tape.episodes[0]!.periods.length]);
    expect(replayed(tape.episodes[0]!)).toMatchObject(identical);
  });
});

describe('the fans of a recorded episode', () => {
  const second = (fans: RecordedEpisode['fans']) => fans.filter(({ step }) => step >= 10 && step < 30).length;

  test.each([
    ['patient', 0],
    ['patient', 8],
    ['strict', 0],
    ['strict', 8],
  ])('are ten a second at a %s pace, while pages have room for %d pictures', async (pace, credits) => {
    const { live, tape } = await recordedRun({ 'loop.pace': pace }, 5, 2);
    for (let i = 0; i < 40; i++) {
      live.run.receive({ kind: 'credit', frames: credits });
      live.clock.pass(60);
    }
    const [episode] = tape.episodes;
    expect(second(episode!.fans)).toBe(10);
    expect(episode!.fans).toHaveLength(episode!.fanCount);
    expect(episode!.fans.every(({ rollouts }) => rollouts === 40)).toBe(true);
    const plans = new Map(episode!.plans.map((plan) => [plan.id, plan]));
    for (const { id, step, actions } of episode!.fans) {
      expect(plans.get(id)!.actsFrom).toBe(step);
      expect([...actions]).toEqual(plans.get(id)!.actions.map(Math.fround));
    }
    // at a strict pace those for pages are the same; a patient simulation draws every plan for them
    const pictures = live.heard.filter(({ kind }) => kind === 'plan').length;
    if (credits === 0) expect(pictures).toBe(0);
    else if (pace === 'strict') expect(Math.abs(pictures - episode!.fanCount)).toBeLessThan(3);
    else expect(pictures).toBeGreaterThan(30);
    expect(replayed(episode!)).toMatchObject(identical);
  });
  test('hold all the paths of the search when they are wanted', async () => {
    const { live, tape } = await recordedRun({ 'loop.fan': 'all' }, 5, 1);
    live.clock.pass(3000);
    expect(tape.episodes[0]!.fans.length).toBeGreaterThan(5);
    expect(tape.episodes[0]!.fans.every(({ rollouts }) => rollouts > 40)).toBe(true);
  });
});

test('an episode says how punctual it was, every 10 s and at its end', async () => {
  const { live, tape } = await recordedRun({ 'loop.pace': 'strict' }, 5, 21);
  live.clock.pass(25_000);
  const [{ timings, periods }] = tape.episodes as [RecordedEpisode];
  expect(timings.map(({ step }) => step)).toEqual([200, 400, 420]);
  const { periods: counted, lateness, planning, latePlans, dropped } = timings.at(-1)!;
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);
  expect([counted, sum(lateness)]).toEqual([periods.length - 1, periods.length - 1]);
  expect(planning).toHaveLength(timingEdges.length + 1);
  expect(planning[0]).toBe(420); // on a clock that stands still meanwhile
  expect([latePlans, dropped]).toEqual([0, 0]);
});
test('a model that comes while it runs is named', async () => {
  const { live, tape } = await recordedRun();
  const { model } = await modelOf(light());
  live.clock.pass(500);
  live.run.receive({ kind: 'model', model, label: 'Equations of motion', fit: 3 });
  live.clock.pass(100);
  live.run.receive({ kind: 'stop', reason: 'enough' });
  expect(tape.episodes[0]!.events.map(({ kind, text }) => [kind, text])).toContainEqual(['model', 'Fit 3 installed: Equations of motion.']);
});

describe('a recording that ends in the middle', () => {
  test('does not touch the run', async () => {
    const { live } = await recordedRun({ 'loop.record': 'episodes' });
    live.clock.pass(500);
    const before = live.steps();
    live.run.recordingLost('The disk is full.');
    live.clock.pass(500);
    expect(live.steps()).toBeGreaterThan(before + 5);
    expect(live.heard.some(({ kind }) => kind === 'halted')).toBe(false);
  });
  test('stops a run that must be recorded, and says so', async () => {
    const { live, tape } = await recordedRun({ 'loop.record': 'required' });
    live.clock.pass(500);
    live.run.recordingLost('The disk is full.');
    const reason = 'It runs only while it is recorded. The disk is full.';
    expect(live.heard).toContainEqual({ kind: 'halted', reason });
    expect(live.heard).toContainEqual(expect.objectContaining({ kind: 'ended', trip: 'stopped', how: reason }));
    live.clock.pass(500);
    expect(tape.episodes[0]!.events.map(({ kind }) => kind)).toEqual(['firstPlan', 'stop', 'end']);
  });
});

test('what is not to be recorded asks for no recorder', async () => {
  const live = liveRun({ ms: 5 }, () => {
    throw new Error('asked for');
  });
  await begin(live, light());
  live.clock.pass(500);
  expect(live.steps()).toBeGreaterThan(5);
});
