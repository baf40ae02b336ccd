import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { moveData } from '../../src/main/storage/moveData';
import { dataFolderNow } from '../../src/main/storage/userData';

let root: string;
let home: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'upright-move-'));
  home = join(root, 'home');
  for (const part of ['recordings/deep', 'setups', 'window']) mkdirSync(join(home, part), { recursive: true });
  writeFileSync(join(home, 'recordings/a.mcap'), 'a');
  writeFileSync(join(home, 'recordings/deep/b'), 'bb');
  writeFileSync(join(home, 'setups/mine.json'), '{}');
  writeFileSync(join(home, 'tuning.json'), '{}');
  writeFileSync(join(home, 'window/cookies'), 'its own');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));
const whole = () => readFileSync(join(home, 'recordings/deep/b'), 'utf8') === 'bb' && existsSync(join(home, 'setups/mine.json'));

test('what is the user’s moves, what a window keeps stays, and whoever asks for the old folder finds the new one', async () => {
  const to = join(root, 'some', 'where');
  await moveData(home, to);
  expect(readFileSync(join(to, 'recordings/deep/b'), 'utf8')).toBe('bb');
  expect(readdirSync(to).sort()).toEqual(['recordings', 'setups', 'tuning.json']);
  expect(readdirSync(home).sort()).toEqual(['moved.json', 'window']);
  expect(dataFolderNow(home)).toBe(to);
  const again = join(root, 'further');
  await moveData(to, again);
  expect(dataFolderNow(home)).toBe(again);
});

test.each([
  ['relative', /whole path/],
  ['home/inside', /lies in/],
  ['', /other way round/],
  ['home', /lies in/],
])('a folder that cannot be is refused, and nothing moves: %j', async (name, words) => {
  await expect(moveData(home, name === 'relative' ? 'relative/path' : join(root, name))).rejects.toThrow(words);
  expect(whole()).toBe(true);
});
test('a file in the way, or data of another, is refused', async () => {
  writeFileSync(join(root, 'file'), '');
  await expect(moveData(home, join(root, 'file'))).rejects.toThrow(/is a file/);
  mkdirSync(join(root, 'other/setups'), { recursive: true });
  await expect(moveData(home, join(root, 'other'))).rejects.toThrow(/setups is there already/);
  expect(whole()).toBe(true);
  expect(dataFolderNow(home)).toBe(home);
});
const shm = '/dev/shm';
const isOtherDisk = existsSync(shm) && statSync(shm).dev !== statSync(tmpdir()).dev;
test.runIf(isOtherDisk)('to another disk it is copied and counted, and only then given up here', async () => {
  const to = mkdtempSync(join(shm, 'upright-move-'));
  try {
    await moveData(home, to);
    expect(readFileSync(join(to, 'recordings/deep/b'), 'utf8')).toBe('bb');
    expect(readdirSync(home).sort()).toEqual(['moved.json', 'window']);
  } finally {
    rmSync(to, { recursive: true, force: true });
  }
});
test('when it fails on the way, all is where it was', async () => {
  mkdirSync(join(home, 'moved.json')); // the word that it has moved cannot be left
  const to = join(root, 'to');
  await expect(moveData(home, to)).rejects.toThrow(/It is where it was/);
  expect(whole()).toBe(true);
  expect(readdirSync(to)).toEqual([]);
});
test.each(['', '{}', 'null', '{"to":5}', '{"to":"not/whole"}'])('a word about a move that is none counts as none: %j', (text) => {
  writeFileSync(join(home, 'moved.json'), text);
  expect(dataFolderNow(home)).toBe(home);
});
test('folders that point at each other end', () => {
  writeFileSync(join(home, 'moved.json'), JSON.stringify({ to: home }));
  expect(dataFolderNow(home)).toBe(home);
});
