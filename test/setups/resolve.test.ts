import { describe, expect, test } from 'vitest';
import { checkedValue, SettingError, type Setting } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { estimatorOf, registries, resolveSetup, schemasOf, settingOf, withValues, type Room } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';
import { compileCost } from '../../src/shared/tasks/cost';

const { light, pilco, pendulum } = builtInSetups;
const rooms: Room[] = ['task', 'planner', 'learning', 'model', 'controller', 'plant', 'rig', 'estimator', 'loop'];
const usingTensors = Object.entries(registries.model).filter(([, model]) => model.usesTensors);
const withoutTensors = Object.entries(registries.model).filter(([, model]) => !model.usesTensors);

/** Every setup of the house with every choice of parts that can be made on its plant. */
const combinations: Setup[] = Object.values(builtInSetups).flatMap((setup) =>
  Object.keys(registries.model).flatMap((model) =>
    Object.keys(registries.planner).flatMap((planner) =>
      Object.keys(registries.controller).flatMap((controller) =>
        Object.keys(registries.algorithm).map((algorithm) => ({ ...setup, model, planner, controller, algorithm })),
      ),
    ),
  ),
);

describe('resolving', () => {
  test.each(Object.values(builtInSetups))('the setup $name finds every part, settles every setting and can compile its cost', (setup) => {
    const resolved = resolveSetup(setup);
    expect(Object.keys(resolved.settings).sort()).toEqual([...rooms].sort());
    for (const room of rooms) {
      // parts also read settings that this plant has no use for
      expect(Object.keys(resolved.settings[room])).toEqual(expect.arrayContaining(Object.keys(resolved.schemas[room])));
      for (const key of Object.keys(resolved.schemas[room])) {
        const value = resolved.settings[room][key];
        expect(checkedValue(resolved.schemas[room][key], value, key)).toEqual(value);
      }
    }
    expect(compileCost(resolved.cost, resolved.plant, resolved.instance).labels.length).toBe(resolved.cost.terms.length);
    expect(resolved.period).toBe(0.05);
    expect(resolved.rig).toEqual(resolved.settings.rig);
  });
  test('every choice of parts resolves', () => {
    expect(combinations.length).toBeGreaterThan(50);
    for (const setup of combinations) expect(resolveSetup(setup).settings.loop.period).toBe(0.05);
  });
  test('every setting of every room has a name, a sentence, and a default that it would allow', () => {
    for (const setup of combinations)
      for (const [room, schema] of Object.entries(schemasOf(setup)))
        for (const [key, setting] of Object.entries(schema)) {
          const id = `${room}.${key}`;
          expect(setting.label.length, id).toBeGreaterThan(1);
          expect(setting.meaning, id).toMatch(/\.$/);
          expect(checkedValue(setting, setting.default, id)).toEqual(setting.default);
          if (typeof setting.applies === 'object') expect(setting.applies.locked, id).toMatch(/\.$/);
        }
  });
  test('the horizon in seconds becomes steps of the period, one at least', () => {
    expect(resolveSetup(light).horizon).toBe(24);
    expect(resolveSetup(pendulum).horizon).toBe(30);
    expect(resolveSetup({ ...light, values: { 'loop.period': 0.02 } }).horizon).toBe(60);
    expect(resolveSetup({ ...light, values: { 'loop.period': 0.2, 'planner.horizon': 0.1 } }).horizon).toBe(1);
  });
  test('values of the setup reach the plant', () => {
    expect(resolveSetup(pilco).settings.plant).toMatchObject({ cartMass: 0.5, poleMass: 0.5, poleLength: 0.6 });
    const [out, other] = [new Float64Array(4), new Float64Array(4)];
    resolveSetup(light).instance.derivative(Float64Array.of(0, 0, 1, 0), 1, out);
    resolveSetup(pilco).instance.derivative(Float64Array.of(0, 0, 1, 0), 1, other);
    expect(out).not.toEqual(other);
  });
});

describe('defaults that depend on the choice of parts', () => {
  test.each(withoutTensors)('with %s the search begins with 384 in 5 rounds', (model) => {
    expect(resolveSetup({ ...light, model }).settings.planner).toMatchObject({ population: 384, iterations: 5 });
    expect(resolveSetup({ ...light, model }).settings.learning).toMatchObject({ refit: 0.25 });
  });
  test.each(usingTensors)(
    'with %s, a network, it begins with 256, early ones through one member, and refits come half as often',
    (model) => {
      expect(resolveSetup({ ...light, model }).settings.planner).toMatchObject({ population: 256, iterations: 5, membersEarly: 1 });
      expect(resolveSetup({ ...light, model }).settings.learning).toMatchObject({ refit: 0.5 });
    },
  );
  test('what was set stays set when the model changes', () => {
    const setup = withValues(light, { 'planner.population': 64 });
    for (const model of Object.keys(registries.model)) expect(resolveSetup({ ...setup, model }).settings.planner.population).toBe(64);
  });
  test('the pendulum looks further ahead than the cart-pole', () => {
    expect(resolveSetup(pendulum).settings.planner.horizon).toBe(1.5);
    expect(resolveSetup(light).settings.planner.horizon).toBe(1.2);
  });
  test('a rig that measures its rates needs no estimator', () => {
    const measured = withValues(light, { 'rig.rates': 'measured' });
    expect([estimatorOf(light), estimatorOf(measured)]).toEqual(['accelerationSpline', 'measuredState']);
    expect(resolveSetup(measured).estimator).toBe(registries.estimator.measuredState);
    expect(resolveSetup(withValues(measured, { 'rig.rates': 'estimated' })).estimator).toBe(registries.estimator.accelerationSpline);
  });
});

describe('changing values', () => {
  test('leaves the setup that it began with as it was', () => {
    const before = structuredClone(light);
    const changed = withValues(light, { 'planner.population': 64, 'rig.delay': 0 });
    expect(light).toEqual(before);
    expect(changed.values).toEqual({ ...before.values, 'planner.population': 64, 'rig.delay': 0 });
  });
  test('keeps a value of a part that is not chosen now, for when it is', () => {
    const setup = withValues(light, { 'planner.iterations': 7 });
    const meanwhile = { ...setup, planner: 'randomShooting' };
    expect(resolveSetup(meanwhile).settings.planner).not.toHaveProperty('iterations');
    expect(resolveSetup({ ...meanwhile, planner: 'cem' }).settings.planner.iterations).toBe(7);
  });
});

describe('refusals, in words', () => {
  const refusal = (attempt: () => unknown): string => {
    try {
      attempt();
    } catch (error) {
      expect(error).toBeInstanceOf(SettingError);
      return (error as Error).message;
    }
    throw new Error('Nothing was refused.');
  };

  test.each<[string, Record<string, unknown>, string]>([
    [
      'a room that does not exist',
      { 'planer.population': 1 },
      'There is no setting "planer.population". Rooms: task, planner, learning, model, controller, plant, rig, estimator, loop.',
    ],
    ['a name without a room', { population: 1 }, 'There is no setting "population". Rooms: task'],
    [
      'a setting that the room has not',
      { 'controller.populaton': 1 },
      'There is no setting "controller.populaton". In controller: replan, oldestPlan, dampSeconds.',
    ],
    ['a prototype as a room', { '__proto__.x': 1 }, 'There is no setting "__proto__.x".'],
    ['a method as a setting', { 'planner.toString': 1 }, 'There is no setting "planner.toString".'],
    ['too much', { 'planner.population': 5000 }, '"planner.population" must be a whole number from 8 to 4096 rollouts; got 5000.'],
    ['a part of one', { 'planner.population': 8.5 }, '"planner.population" must be a whole number from 8 to 4096 rollouts; got 8.5.'],
    ['no number', { 'rig.delay': NaN }, '"rig.delay" must be a number from 0 to 1 s; got NaN.'],
    ['infinitely much', { 'rig.delay': Infinity }, '"rig.delay" must be a number from 0 to 1 s; got Infinity.'],
    ['text for a number', { 'plant.poleMass': '0.1' }, '"plant.poleMass" must be a number from'],
    ['a choice that is none', { 'rig.rates': 'guessed' }, '"rig.rates" must be one of estimated, measured; got "guessed".'],
    ['nothing', { 'planner.warmStart': null }, '"planner.warmStart" must be true or false; got null.'],
  ])('%s', (_what, values, words) => {
    expect(refusal(() => withValues(light, values))).toContain(words);
  });
  test('a list of widths that is too long, or has a broken unit in it', () => {
    const setup = { ...light, model: 'ensemble' };
    expect(refusal(() => withValues(setup, { 'model.widths': [64, 64, 64, 64, 64] }))).toContain(
      '"model.widths" must be 1 to 4 whole numbers from 4 to 256',
    );
    expect(refusal(() => withValues(setup, { 'model.widths': [64, 0.5] }))).toContain('got [64, 0.5].');
  });
  test('one wrong value among right ones changes nothing', () => {
    expect(refusal(() => withValues(light, { 'planner.population': 64, 'rig.delay': -1 }))).toContain('"rig.delay"');
  });
  test.each(['plant', 'task', 'model', 'planner', 'controller', 'algorithm', 'estimator'] as const)(
    'an unknown %s, with the ones that there are',
    (part) => {
      const message = refusal(() => resolveSetup({ ...light, [part]: 'toString' }));
      expect(message).toBe(`There is no ${part} "toString". Known: ${Object.keys(registries[part]).join(', ')}.`);
    },
  );
  test('a value in a setup file that is out of range, though it came past no form', () => {
    expect(refusal(() => resolveSetup({ ...light, values: { 'rig.delay': 2 } }))).toContain(
      '"rig.delay" must be a number from 0 to 1 s; got 2.',
    );
  });
  test('a task that does not fit the plant', () => {
    const { plants, ...task } = registries.task.swingUp;
    const lonely = { ...task, plants: plants.filter((plant) => plant !== 'pendulum') };
    const original = registries.task.swingUp;
    expect(lonely.plants).not.toEqual(original.plants);
    // every task of the house fits every plant, so the refusal is tried with one that has been narrowed
    Object.defineProperty(original, 'plants', { value: lonely.plants, configurable: true, writable: true });
    try {
      expect(refusal(() => resolveSetup(pendulum))).toBe('The task "swingUp" is not meant for the plant "pendulum". It knows: cartPole.');
    } finally {
      Object.defineProperty(original, 'plants', { value: plants, configurable: true, writable: true });
    }
  });
  test('the schema behind an id is found, or refused by the same words', () => {
    const setting: Setting = settingOf(schemasOf(light), 'planner.population');
    expect(setting.label).toBe('Population');
    expect(refusal(() => settingOf(schemasOf(light), 'planner.'))).toContain('There is no setting "planner."');
  });
});

test('a setting that the plant has no use for does not exist there: refused on the pendulum, known on the cart-pole', () => {
  for (const id of ['task.target', 'task.position', 'rig.positionNoise', 'rig.cartCoulomb']) {
    expect(() => withValues(builtInSetups.pendulum, { [id]: 0.5 })).toThrow(/There is no setting/);
    expect(withValues(builtInSetups.light, { [id]: 0.5 }).values[id]).toBe(0.5);
  }
});

test('through networks searches try less', () => {
  const defaultsOf = (planner: string, model: string) => resolveSetup({ ...light!, planner, model }).settings.planner;
  expect(defaultsOf('cem', 'ensemble')).toMatchObject({ population: 256, iterations: 4 });
  expect(defaultsOf('icem', 'ensemble')).toMatchObject({ population: 256, iterations: 5, membersEarly: 1 });
  expect(defaultsOf('icem', 'gaussianProcess')).toMatchObject({ population: 384, iterations: 5 });
});

describe('propagation', () => {
  test('is a setting of the planner where the model has members, and nothing elsewhere', () => {
    const networks = { ...light!, model: 'ensemble' };
    expect(resolveSetup(networks).propagation).toEqual({ members: 'toTheEnd', particles: 5, noise: false, early: 1 });
    expect(resolveSetup({ ...networks, planner: 'cem' }).propagation).toMatchObject({ early: 0 });
    const changed = withValues(networks, { 'planner.propagation': 'eachStep', 'planner.particles': 8, 'planner.sampleNoise': true });
    expect(resolveSetup(changed).propagation).toEqual({ members: 'eachStep', particles: 8, noise: true, early: 1 });
    expect(resolveSetup(light!).propagation).toBeUndefined();
    expect(() => withValues(light!, { 'planner.propagation': 'mean' })).toThrow(SettingError);
  });
});
