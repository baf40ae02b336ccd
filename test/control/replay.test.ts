import { describe, expect, test } from 'vitest';
import { replayEpisode } from '../../src/main/control/replay';
import { replay } from '../../src/main/workers/replay';
import type { RecordedEpisode } from '../../src/shared/episodes/readEpisode';
import { resolveSetup } from '../../src/shared/setups/resolve';
import { recordInto } from '../support/recordedPendulum';
import { Tape } from '../support/tape';

async function recorded(...how: Parameters<typeof recordInto> extends [unknown, ...infer R] ? R : never) {
  const tape = new Tape();
  return { ...(await recordInto(tape, ...how)), episodes: tape.episodes };
}

describe.each([
  ['the default rig of the cart-pole', 'light', {}],
  ['measured rates and no delay', 'pendulum', { 'rig.rates': 'measured', 'rig.delay': 0 }],
  ['several readings a period', 'pendulum', { 'rig.readings': 4 }],
] as const)('an episode on %s', (_name, setup, values) => {
  test('holds N + 1 states for N actions, and replays to the last bit', async () => {
    const { resolved, episodes, result } = await recorded(setup, values);
    expect(episodes).toHaveLength(result.episodes.length);
    episodes.forEach((episode, i) => {
      const { header, periods, plans, events } = episode;
      const steps = Math.round(result.episodes[i]!.seconds / resolved.period);
      expect(header.episode).toBe(i);
      expect(periods).toHaveLength(steps + 1);
      expect(periods.map(({ decided }) => decided !== undefined)).toEqual([...Array<boolean>(steps).fill(true), false]);
      expect(plans.length).toBeGreaterThan(10);
      expect(plans.every(({ actions }) => actions.length === resolved.horizon)).toBe(true);
      expect(events.at(-1)!.kind).toBe('end');
      expect(replayEpisode(episode, resolved)).toEqual({
        steps,
        identical: true,
        firstDifferenceStep: null,
        difference: '',
        largestDifference: 0,
        rmsDifference: 0,
      });
    });
  });
});

test('an episode that breaks a limit replays to the same end', async () => {
  const { resolved, episodes, result } = await recorded('light', { 'learning.random': 8, 'plant.trackLimit': 0.5 }, 8);
  expect(result.episodes[0]!.ended).toContain('beyond its limit');
  expect(replayEpisode(episodes[0]!, resolved).identical).toBe(true);
  const other = {
    ...episodes[0]!,
    events: [{ step: 0, before: 0, kind: 'end' as const, text: 'Angle 9 rad is beyond its limit of 3 rad.' }],
  };
  expect(replayEpisode(other, resolved)).toMatchObject({
    identical: false,
    difference: expect.stringContaining('the interlock says') as string,
  });
});

describe('what was altered is found, with the step', () => {
  let story: Awaited<ReturnType<typeof recorded>> | undefined;
  const altered = async (change: (episode: RecordedEpisode) => RecordedEpisode) => {
    story ??= await recorded('pendulum');
    return replayEpisode(change(structuredClone(story.episodes[0]!)), story.resolved);
  };
  const nudged = (value: number) => value + Number.EPSILON * Math.max(1, Math.abs(value));

  test('a reading', async () => {
    const result = await altered((episode) => {
      const positions = episode.periods[20]!.positions as number[];
      positions[0] = nudged(positions[0]!);
      return episode;
    });
    expect(result).toMatchObject({
      identical: false,
      firstDifferenceStep: 20,
      difference: expect.stringContaining('the estimate') as string,
    });
  });
  test('a plan', async () => {
    const result = await altered((episode) => {
      const plan = episode.plans[5]!;
      (plan.actions as number[])[0] = -plan.actions[0]! * 0.5 + 0.01;
      return episode;
    });
    expect(result).toMatchObject({ identical: false, difference: expect.stringContaining('chosen action') as string });
    expect(result.firstDifferenceStep).toBe(story!.episodes[0]!.plans[5]!.step);
    expect(result.largestDifference).toBeGreaterThan(0);
  });
  test('a command', async () => {
    const result = await altered((episode) => {
      const { decided } = episode.periods[7]!;
      (decided as { sent: number }).sent = nudged(decided!.sent);
      return episode;
    });
    expect(result).toMatchObject({
      identical: false,
      firstDifferenceStep: 7,
      difference: expect.stringContaining('the command') as string,
    });
  });
  test('the setup', async () => {
    await altered((episode) => episode);
    const { setup } = story!.resolved;
    expect(replayEpisode(story!.episodes[0]!, resolveSetup({ ...setup, seed: setup.seed + 1 }))).toMatchObject({
      identical: false,
      firstDifferenceStep: 0,
    });
  });
});

test('another controller sees the recorded states and is compared', async () => {
  const { resolved, episodes } = await recorded('pendulum');
  const result = replay(episodes[0]!, resolved, 'zero');
  expect(result.identical).toBeNull();
  expect(result.largestDifference).toBe(Math.max(...episodes[0]!.periods.map(({ decided }) => Math.abs(decided?.sent ?? 0))));
  expect(replay(episodes[0]!, resolved).identical).toBe(true);
});
