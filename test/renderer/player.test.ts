import { describe, expect, test } from 'vitest';
import { newestWanted } from '../../src/renderer/state/newestWanted';
import { Player } from '../../src/renderer/state/player.svelte';
import { speedOf, stopOf } from '../../src/renderer/controls/speedScale';

function playing(speed = 1): Player {
  const player = new Player();
  player.load(0, 8, 0.05);
  player.setSpeed(speed);
  player.togglePlay();
  player.tick(1000);
  return player;
}
describe('a replay in time', () => {
  test.each([0.1, 1, 10])('at %dx it goes on as the clock of the frames does', (speed) => {
    const player = playing(speed);
    for (let frame = 1; frame <= 30; frame++) player.tick(1000 + frame * (1000 / 60));
    expect(player.time).toBeCloseTo(0.5 * speed, 9);
  });
  test('it stands at the end, and plays from the beginning when asked again', () => {
    const player = playing(10);
    player.tick(2000);
    expect([player.time, player.playing]).toEqual([8, false]);
    player.togglePlay();
    expect([player.time, player.playing]).toEqual([0, true]);
  });
  test('again and again: what lies beyond the end lies beyond the beginning', () => {
    const player = playing(1);
    player.loops = true;
    player.seek(7.9);
    player.tick(1300);
    expect(player.time).toBeCloseTo(0.2, 9);
    expect(player.playing).toBe(true);
  });
  test('time that passed while it stood is not made up for', () => {
    const player = playing(1);
    player.togglePlay();
    player.tick(50_000);
    player.togglePlay();
    player.tick(90_000);
    player.tick(90_100);
    expect(player.time).toBeCloseTo(0.1, 9);
  });
  test('steps go from row to row, hold it, and end at both ends', () => {
    const player = playing(1);
    player.seek(1.013);
    player.stepBy(1);
    expect(player.time).toBeCloseTo(1.05, 12);
    expect(player.playing).toBe(false);
    player.stepBy(-10);
    expect(player.time).toBeCloseTo(0.55, 12);
    player.stepBy(-1000);
    expect(player.time).toBe(0);
    player.stepBy(1000);
    expect(player.time).toBe(8);
  });
  test('another recording keeps the time as far as it has it', () => {
    const player = playing(1);
    player.seek(6);
    player.load(0, 3, 0.02);
    expect(player.time).toBe(3);
  });
  test('the slider of the speed has 1x in its middle and both ends', () => {
    expect(speedOf(stopOf(1))).toBe(1);
    for (const speed of [0.1, 0.25, 4, 10]) expect(speedOf(stopOf(speed))).toBeCloseTo(speed, 2);
  });
});

describe('what is asked for while it changes', () => {
  test('one request at a time, the newest wish next, those between never', async () => {
    const asked: number[] = [];
    const done: (() => void)[] = [];
    const wanted = newestWanted<number>((what) => {
      asked.push(what);
      return new Promise((resolve) => done.push(resolve));
    });
    for (const what of [1, 2, 3]) wanted.want(what);
    expect(asked).toEqual([1]);
    done.shift()!();
    await new Promise((turn) => setImmediate(turn));
    expect(asked).toEqual([1, 3]);
    done.shift()!();
    await new Promise((turn) => setImmediate(turn));
    expect([asked, wanted.last]).toEqual([[1, 3], 3]);
  });
  test('one that fails does not stop the next', async () => {
    const asked: number[] = [];
    const wanted = newestWanted<number>(async (what) => {
      asked.push(what);
      throw new Error('gone');
    });
    wanted.want(1);
    await new Promise((turn) => setImmediate(turn));
    wanted.want(2);
    await new Promise((turn) => setImmediate(turn));
    expect(asked).toEqual([1, 2]);
  });
});
