import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identify } from '../../src/main/headless/identity';
import { writeWhole } from '../../src/main/storage/atomicFile';
import { readSetupFile } from '../../src/main/storage/setupFile';
import { userDataFolder } from '../../src/main/storage/userData';
import { FileRefused } from '../../src/shared/recordings/refusal';
import { builtInSetups } from '../../src/shared/setups/builtIn';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'upright-files-'))));
afterAll(() => rm(folder, { recursive: true }));

test('a file is replaced whole, its folder made, and nothing is left beside it', async () => {
  const file = join(folder, 'a', 'b', 'c.json');
  await writeWhole(file, 'one');
  await Promise.all(Array.from({ length: 20 }, (_, i) => writeWhole(file, String(i).repeat(100_000))));
  expect(readFileSync(file, 'utf8')).toMatch(/^(\d+)\1*$/);
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['c.json']);
});

test('a write that fails leaves the old file and no rest', async () => {
  writeFileSync(join(folder, 'taken'), 'a file');
  await expect(writeWhole(join(folder, 'taken', 'x'), 'y')).rejects.toThrow();
  const target = join(folder, 'dir');
  await writeWhole(join(target, 'inside'), '');
  await expect(writeWhole(target, 'a folder is in the way')).rejects.toThrow();
  expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('the user data folder: what is said, else UPRIGHT_HOME, else the system', () => {
  expect(userDataFolder('/a', { UPRIGHT_HOME: '/b' }, 'linux')).toBe('/a');
  expect(userDataFolder(undefined, { UPRIGHT_HOME: '/b' }, 'linux')).toBe('/b');
  expect(userDataFolder(undefined, { UPRIGHT_HOME: '' }, 'linux')).toBe(join(homedir(), '.config', 'upright'));
  expect(userDataFolder(undefined, { XDG_CONFIG_HOME: '/x' }, 'linux')).toBe('/x/upright');
  expect(userDataFolder(undefined, {}, 'darwin')).toBe(join(homedir(), 'Library', 'Application Support', 'upright'));
});

test('the program knows its version, and in a clone its commit', () => {
  const { version, commit, root } = identify(import.meta.dirname);
  expect(version).toBe((JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version);
  expect(commit === null || /^[0-9a-f]{7}$/.test(commit)).toBe(true);
  expect(identify('/').commit).toBeNull();
});

test('a setup file is read; what is no setup is refused in words', async () => {
  const file = join(folder, 'mine.json');
  writeFileSync(file, JSON.stringify(builtInSetups.light));
  expect(await readSetupFile(file)).toEqual(builtInSetups.light);
  expect(await readSetupFile(join(folder, 'nowhere.json'))).toBeUndefined();
  for (const [content, says] of [
    ['{', 'this is not JSON'],
    ['[]', 'this is not a setup'],
    [JSON.stringify({ ...builtInSetups.light, extra: 1 }), 'this is not a setup'],
    [JSON.stringify({ ...builtInSetups.light, seed: 1.5 }), 'seed'],
    [JSON.stringify({ ...builtInSetups.light, values: { a: { b: 1 } } }), 'values'],
    [' '.repeat(4_000_001), 'is not a setup of at most'],
  ]) {
    writeFileSync(file, content!);
    const refused: unknown = await readSetupFile(file).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(FileRefused);
    expect((refused as FileRefused).sentence).toContain(says);
  }
});
