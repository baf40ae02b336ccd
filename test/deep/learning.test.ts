import { expect, test } from 'vitest';
import { experienceOf, learnSeeds, median, plain, range, tell, within } from './seeds';

const HOURS = 3_600_000;

test.each([
  ['light', 5],
  ['pilco', 6.5],
  ['pendulum', 4],
] as const)(
  'default rig: the Gaussian process learns %s within 10 s of experience in 9 of 10 seeds, median at most %d s',
  async (name, most) => {
    const runs = await learnSeeds(name, range(1, 10), {});
    tell(`Gaussian process, ${name}, default rig`, runs);
    const sorted = experienceOf(runs);
    expect(within(sorted, 10)).toBeGreaterThanOrEqual(9);
    expect(median(sorted)).toBeLessThanOrEqual(most);
  },
  HOURS,
);
test.each([
  ['light', 4.5, 8, 19, 15],
  ['pilco', 4.5, 10, 18, 20],
  ['pendulum', 3.5, 8, 19, 15],
] as const)(
  'plain rig: the Gaussian process learns %s, 20 seeds: median ≤ %d s, within %d s %d of 20, all within %d s',
  async (name, most, soon, count, latest) => {
    const runs = await learnSeeds(name, range(1, 20), {}, plain);
    tell(`Gaussian process, ${name}, plain rig`, runs);
    const sorted = experienceOf(runs);
    expect(median(sorted)).toBeLessThanOrEqual(most);
    expect(within(sorted, soon)).toBeGreaterThanOrEqual(count);
    expect(sorted.at(-1)).toBeLessThanOrEqual(latest);
  },
  HOURS,
);
test(
  'default rig: the network ensemble learns light within 15 s of experience in 8 of 10 seeds',
  async () => {
    const runs = await learnSeeds('light', range(1, 10), { model: 'ensemble' });
    tell('ensemble, light, default rig', runs);
    expect(within(experienceOf(runs), 15)).toBeGreaterThanOrEqual(8);
  },
  HOURS,
);
test(
  'success lasts: two more episodes after it, still learning, stay up in 19 of 20',
  async () => {
    for (const name of ['light', 'pilco', 'pendulum']) {
      const runs = await learnSeeds(name, range(1, 10), {}, plain, 2);
      const later = runs.flatMap((run) => run.episodes.slice(-2));
      const lasting = later.filter((episode) => episode.uprightFrom !== undefined).length;
      console.log(`lasting, ${name}, plain rig: ${lasting} of ${later.length} further episodes`);
      expect(lasting).toBeGreaterThanOrEqual(19);
    }
  },
  HOURS,
);
