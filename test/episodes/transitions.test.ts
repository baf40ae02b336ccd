import { expect, test } from 'vitest';
import { TransitionStore } from '../../src/shared/episodes/transitions';

function filled(count: number, size = 2, capacity = 4): TransitionStore {
  const store = new TransitionStore(size, capacity);
  for (let i = 0; i < count; i++) store.add(Float64Array.of(i, 10 * i), -i, Float64Array.of(i + 1, 10 * i + 10));
  return store;
}

test('keeps rows in the order in which they happened, however many there are', () => {
  const { count, states, actions, nexts } = filled(1000);
  expect(count).toBe(1000);
  for (const i of [0, 3, 4, 5, 999]) {
    expect(Array.from(states.subarray(2 * i, 2 * i + 2))).toEqual([i, 10 * i]);
    expect(actions[i]).toBe(-i);
    expect(Array.from(nexts.subarray(2 * i, 2 * i + 2))).toEqual([i + 1, 10 * i + 10]);
  }
});
test('a head is a copy of just those rows: what happens later does not change it', () => {
  const store = filled(3);
  const head = store.head(2);
  store.add(Float64Array.of(7, 7), 7, Float64Array.of(7, 7));
  store.states.fill(99);
  expect(head).toEqual({
    size: 2,
    count: 2,
    states: Float64Array.of(0, 0, 1, 10),
    actions: Float64Array.of(-0, -1),
    nexts: Float64Array.of(1, 10, 2, 20),
  });
});
test('a head is never longer than what there is, and never shorter than nothing', () => {
  expect(filled(3).head(10).count).toBe(3);
  expect(filled(3).head(-1)).toEqual({
    size: 2,
    count: 0,
    states: new Float64Array(),
    actions: new Float64Array(),
    nexts: new Float64Array(),
  });
});
test('a row is copied when it is added: estimators reuse their arrays', () => {
  const store = new TransitionStore(1);
  const state = Float64Array.of(1);
  store.add(state, 0, state);
  state[0] = 2;
  expect(store.head(1).states[0]).toBe(1);
});
test('takes the first channels of a longer state', () => {
  const store = new TransitionStore(2);
  store.add(Float64Array.of(1, 2, 3), 0, Float64Array.of(4, 5, 6));
  expect(store.head(1)).toMatchObject({ states: Float64Array.of(1, 2), nexts: Float64Array.of(4, 5) });
});
test('cleared, it begins anew', () => {
  const store = filled(3);
  store.clear();
  expect(store.head(5).count).toBe(0);
  store.add(Float64Array.of(5, 5), 5, Float64Array.of(6, 6));
  expect(store.head(5).actions).toEqual(Float64Array.of(5));
});
