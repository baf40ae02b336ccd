import { describe, expect, test } from 'vitest';
import { LASTING_SECONDS, LastingJudge, UPRIGHT_RAD } from '../../src/shared/learning/lasting';

const PERIOD = 0.05;
const TURN = 2 * Math.PI;
const DOWN = Math.PI;

/** Judges an episode whose angle at period k is `angles[k − 1]`; the start itself is not judged. */
function judged(angles: readonly number[], judge = new LastingJudge()): LastingJudge {
  judge.reset();
  angles.forEach((angle, i) => judge.see((i + 1) * PERIOD, angle));
  return judge;
}
const hold = (angle: number, seconds: number) => new Array<number>(Math.round(seconds / PERIOD)).fill(angle);

describe('a swing-up lasts', () => {
  test('when the pole is up from some instant to the end, counted from that instant', () => {
    expect(judged([...hold(DOWN, 3), ...hold(0.1, 5)]).lastingFrom).toBeCloseTo(3.05, 9);
  });
  test('from exactly two seconds on, and not a period sooner', () => {
    expect(LASTING_SECONDS).toBe(2);
    expect(judged([...hold(DOWN, 3), ...hold(0, 2.05)]).lastingFrom).toBeCloseTo(3.05, 9); // up at 3.05 s, ended at 5.05 s
    expect(judged([...hold(DOWN, 3), ...hold(0, 2)]).lastingFrom).toBeUndefined();
  });
  test('on whichever turn the pole came up, and on whichever side', () => {
    for (const turns of [-7, -1, 0, 1, 12, 1000])
      for (const lean of [-0.19, 0, 0.19]) expect(judged(hold(turns * TURN + lean, 3)).lastingFrom).toBeCloseTo(PERIOD, 9);
  });
  test('with the limit of 0.2 rad inside', () => {
    expect(UPRIGHT_RAD).toBe(0.2);
    expect(judged(hold(0.2, 3)).lastingFrom).toBeDefined();
    expect(judged(hold(-0.2, 3)).lastingFrom).toBeDefined();
    expect(judged(hold(0.2001, 3)).lastingFrom).toBeUndefined();
  });
});

describe('a swing-up does not last', () => {
  test('when the pole dips out for a single period: time counts anew from there', () => {
    const dipped = [...hold(0, 3), 0.21, ...hold(0, 1.5)];
    expect(judged(dipped).lastingFrom).toBeUndefined();
    expect(judged([...dipped, ...hold(0, 1)]).lastingFrom).toBeCloseTo(3.1, 9);
  });
  test('when it fell at the end, however long it stood', () => {
    expect(judged([...hold(0, 7.9), 0.3]).lastingFrom).toBeUndefined();
  });
  test('when it only passes the top, turn after turn', () => {
    const spinning = Array.from({ length: 160 }, (_, i) => 0.1 * i);
    expect(judged(spinning).lastingFrom).toBeUndefined();
  });
  test('when it hangs, on either side of the seam at ±π', () => {
    for (const angle of [Math.PI, -Math.PI, Math.PI - 1e-9, -Math.PI + 1e-9, 3 * Math.PI, 101 * Math.PI])
      expect(judged(hold(angle, 8)).lastingFrom).toBeUndefined();
  });
  test('when the angle is not a number', () => {
    expect(judged([...hold(0, 5), NaN, ...hold(0, 1)]).lastingFrom).toBeUndefined();
    expect(judged(hold(NaN, 5)).uprightFor).toBeUndefined();
  });
  test('when nothing was seen', () => {
    expect(judged([]).lastingFrom).toBeUndefined();
    expect(judged([]).uprightFor).toBeUndefined();
  });
});

test('says at every instant for how long the pole has been up', () => {
  const judge = new LastingJudge();
  judge.reset();
  const told = [...hold(DOWN, 0.1), ...hold(0, 0.15), 1, 0].map((angle, i) => {
    judge.see((i + 1) * PERIOD, angle);
    return judge.uprightFor === undefined ? undefined : Math.round(judge.uprightFor * 1e9) / 1e9;
  });
  expect(told).toEqual([undefined, undefined, 0, 0.05, 0.1, undefined, 0]);
});
test('begins anew with each episode', () => {
  const judge = judged(hold(0, 5));
  expect(judge.lastingFrom).toBeDefined();
  expect(judged(hold(0, 1), judge).lastingFrom).toBeUndefined();
});
test('a pole that comes up across the seam between +π and −π is judged by where it is, not by how it got there', () => {
  // swings right through the bottom: 2 → −2 on the circle, unwrapped 2 → 4.28 → 6.28
  const unwrapped = [...hold(2, 0.2), ...hold(3.2, 0.1), ...hold(4.28, 0.1), ...hold(6.28, 2.5)];
  const wrapped = unwrapped.map((angle) => Math.atan2(Math.sin(angle), Math.cos(angle)));
  expect(judged(unwrapped).lastingFrom).toBeCloseTo(0.45, 9);
  expect(judged(wrapped).lastingFrom).toBe(judged(unwrapped).lastingFrom);
});
