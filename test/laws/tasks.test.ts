import { describe, expect, test } from 'vitest';
import { randomStream } from '../../src/shared/math/random';
import * as plants from '../../src/shared/plants';
import type { Plant } from '../../src/shared/plants/plant';
import { checkedValue, settle } from '../../src/shared/settings';
import * as tasks from '../../src/shared/tasks';
import { compileCost } from '../../src/shared/tasks/cost';
import type { Task } from '../../src/shared/tasks/task';

const registry: [string, Task][] = Object.entries(tasks);
const plantsById: Readonly<Record<string, Plant>> = plants;
const pairs = registry.flatMap(([id, task]) => task.plants.map((plant): [string, string, Task] => [id, plant, task]));

describe.each(registry)('every task owes: %s', (_id, task) => {
  test('settings whose defaults lie in their own range, plants that exist, and times', () => {
    for (const [id, setting] of Object.entries(task.settings)) {
      expect(checkedValue(setting, setting.default, id)).toBe(setting.default);
      expect(setting.meaning).toMatch(/\.$/);
    }
    for (const plant of task.plants) expect(plantsById).toHaveProperty(plant);
    expect(task.episodeSeconds).toBeGreaterThan(task.randomSeconds);
  });
});

describe.each(pairs)('the cost of %s on %s', (_task, plantId, task) => {
  const plant = plantsById[plantId];
  const instance = plant.create(settle(plant.settings, {}));
  const cost = task.cost(settle(task.settings, {}), plant, instance);
  const compiled = compileCost(cost, plant, instance);
  const stage = (state: Float64Array, action: number, isFinal = false) => {
    const out = new Float64Array(1);
    compiled.stage(state, Float64Array.of(action), Float64Array.of(-action), 1, isFinal, out);
    return out[0];
  };
  const random = randomStream(8);

  test('is finite and never negative at every reachable state, the worst that is imagined included', () => {
    for (let i = 0; i < 500; i++) {
      const state = Float64Array.from(
        plant.channels,
        ({ scale, bound }) => (i % 2 === 0 ? Math.min(bound, 100 * scale) : 2 * scale) * random.normal(),
      );
      const value = stage(state, instance.actionLimit * (2 * random.uniform() - 1), i % 3 === 0);
      expect(Number.isFinite(value)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  test('is nothing upright at rest without effort, and most of it comes back when hanging', () => {
    expect(stage(new Float64Array(instance.size), 0)).toBeCloseTo(0, 12);
    expect(stage(plant.hanging(), 0)).toBeGreaterThan(1);
  });

  test('is never finite where the state is not', () => {
    for (let c = 0; c < instance.size; c++) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const state = new Float64Array(instance.size);
        state[c] = bad;
        expect(Number.isFinite(stage(state, 0))).toBe(false);
      }
    }
  });

  test('is alike for left and right where the plant is', () => {
    if (!plant.structure.mirror) return;
    for (let i = 0; i < 50; i++) {
      const state = Float64Array.from(plant.channels, ({ scale }) => scale * random.normal());
      const mirrored = state.map((value, c) => value * plant.channels[c].mirrorSign);
      expect(stage(mirrored, -1)).toBeCloseTo(stage(state, 1), 10);
    }
  });

  test('has a label for each term, and an episode begins at a state of the plant', () => {
    expect(new Set(compiled.labels).size).toBe(cost.terms.length);
    const start = task.start?.(plant) ?? plant.hanging();
    expect(start.length).toBe(instance.size);
    for (const [c, [low, high]] of instance.stateLimits.entries()) expect(start[c] > low && start[c] < high).toBe(true);
  });
});
