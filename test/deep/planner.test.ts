import { expect, test } from 'vitest';
import { learnSeeds, plain, range } from './seeds';

const HOURS = 3_600_000;
const EPISODES = 5;

/**
 * Before a model is judged, the same planner has to hold every episode on the perfect one: a planner that is too weak
 * looks like a bad model.
 */
test.each([
  ['light', 'default'],
  ['pilco', 'default'],
  ['pendulum', 'default'],
  ['light', 'plain'],
  ['pilco', 'plain'],
  ['pendulum', 'plain'],
] as const)(
  'on the perfect model of %s the planner keeps 39 of 40 episodes upright, %s rig',
  async (name, rig) => {
    const runs = await learnSeeds(name, range(1, 8), { model: 'physics' }, rig === 'plain' ? plain : {}, EPISODES - 1);
    const episodes = runs.flatMap((run) => run.episodes.slice(0, EPISODES));
    const upright = episodes.filter((episode) => episode.uprightFrom !== undefined).length;
    console.log(`perfect model, ${name}, ${rig} rig: ${upright} of ${episodes.length} episodes end upright`);
    expect(episodes).toHaveLength(8 * EPISODES);
    expect(upright).toBeGreaterThanOrEqual(39);
  },
  HOURS,
);
