import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SetupFolder, whatIsWrongWith } from '../../src/main/storage/setupFolder';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import type { SettingValue } from '../../src/shared/settings';
import { registries, resolveSetup, schemasOf, withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';
import { setupHash } from '../../src/shared/setups/setupHash';

const { light, pendulum } = builtInSetups as { light: Setup; pendulum: Setup };
let home: string;
let setups: SetupFolder;
const at = (file: string) => join(home, 'setups', file);
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'upright-setups-'));
  setups = new SetupFolder(join(home, 'setups'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));
const fresh = { replace: false };

test('a folder that is not there is empty', async () => {
  expect(await setups.list()).toEqual([]);
});

test('what was saved is read again under its name, equal to the last digit of its hash', async () => {
  const mine = withValues(light, { 'plant.poleMass': 0.123456789012345, 'rig.delay': 0.01 });
  const saved = await setups.save('Prüfstand 2.b', mine, fresh);
  const read = await setups.read('Prüfstand 2.b');
  expect(read).toEqual({ ...mine, name: 'Prüfstand 2.b' });
  expect([setupHash(read), await setups.save('again', read, fresh).then(setupHash)]).toEqual([
    setupHash(saved),
    setupHash({ ...saved, name: 'again' }),
  ]);
  expect((await setups.list()).find(({ name }) => name === 'Prüfstand 2.b')).toEqual({
    name: 'Prüfstand 2.b',
    plant: resolveSetup(light).plant.label,
    hash: setupHash(saved),
    savedAt: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    reason: '',
  });
});

test('one that is there is written over only when that was wanted, and nothing else stays in the folder', async () => {
  await setups.save('a', light, fresh);
  await expect(setups.save('a', pendulum, fresh)).rejects.toThrow(
    'There is a saved setup "a" already. Replace it, or choose another name.',
  );
  expect((await setups.read('a')).plant).toBe('cartPole');
  await setups.save('a', pendulum, { replace: true });
  expect((await setups.read('a')).plant).toBe('pendulum');
  await setups.save('new', light, { replace: true });
  expect(readdirSync(at('')).sort()).toEqual(['a.json', 'new.json']);
  mkdirSync(at('folder.json'));
  await expect(setups.save('folder', light, { replace: true })).rejects.toThrow(/is no file/);
});

describe('names', () => {
  const hostile = [
    '',
    '.',
    '..',
    '../x',
    '..\\x',
    'a/b',
    '/etc/passwd',
    'a\0b',
    '.hidden',
    'a\nb',
    'a:b',
    '"',
    'con',
    'NUL.txt',
    'Lpt1',
    ' a',
    'a ',
    'a.',
  ];
  for (const name of [...hostile, 'light', 'Pilco', 'x'.repeat(65), 'u\u0308ber', '__proto__', '-rf', '😀'])
    test(`${JSON.stringify(name.slice(0, 20))} is refused in words, and nothing is written or read`, async () => {
      await expect(setups.save(name, light, { replace: true })).rejects.toThrow(/\.$/);
      await expect(setups.read(name)).rejects.toThrow(/\.$/);
      expect(existsSync(at(''))).toBe(false);
      expect(readdirSync(home)).toEqual([]);
    });
  for (const name of ['a', 'bench 2', 'v1.0_b-3', '2', 'x'.repeat(64), '棒'.repeat(64), 'constructor'])
    test(`${JSON.stringify(name.slice(0, 20))} is a name`, async () => {
      expect(whatIsWrongWith(name)).toBe('');
      await setups.save(name, light, fresh);
      expect((await setups.list()).map((one) => [one.name, one.reason])).toEqual([[name, '']]);
    });
});

describe('files that are no setup of this program', () => {
  const text = (changes: object) => JSON.stringify({ ...light, ...changes });
  const files: Readonly<Record<string, readonly [content: string | Buffer, reason: RegExp]>> = {
    empty: ['', /^This is not JSON\.$/],
    binary: [Buffer.from([0xff, 0xfe, 0, 0, 1]), /not JSON/],
    list: ['[]', /not a setup/],
    nothing: ['null', /not a setup/],
    deep: ['['.repeat(100_000) + ']'.repeat(100_000), /not a setup/],
    large: [' '.repeat(256_001), /256001 bytes is not a setup/],
    more: [text({ extra: 1 }), /extra/],
    seed: [text({ seed: -1 }), /seed/],
    'wrong list': [text({ values: { 'model.layers': new Array(50_000).fill('x') } }), /values\.model\.layers/],
    plant: [text({ plant: 'triple' }), /There is no plant "triple"\. Known: /],
    inherited: [text({ model: 'constructor' }), /There is no model "constructor"/],
    misfit: [text({ values: { 'plant.poleMass': 1e9 } }), /1000000000/],
    unknown: [text({ values: { 'planner.foo': 1, 'foo.bar': 2 } }), /^This program does not know the setting "planner\.foo" and 1 more\.$/],
    light: [text({}), /is a built-in setup/],
    'odd;name': [text({}), /cannot be a setup's/],
  };
  for (const [name, [content, reason]] of Object.entries(files))
    test(`${name} is listed with the reason beside the good ones, and read by nobody`, async () => {
      await setups.save('good', light, fresh);
      writeFileSync(at(`${name}.json`), content);
      const started = performance.now();
      const listed = await setups.list();
      expect(performance.now() - started).toBeLessThan(1000);
      expect(listed.find((one) => one.name === 'good')!.reason).toBe('');
      expect(listed.find((one) => one.name === name)).toMatchObject({
        hash: '',
        plant: '',
        reason: expect.stringMatching(reason) as string,
      });
      await expect(setups.read(name)).rejects.toThrow(reason);
      expect(await setups.fileOf(name)).toBe(at(`${name}.json`)); // it can be thrown away
    });

  test('folders, hidden files and other endings are not listed', async () => {
    mkdirSync(at('folder.json'), { recursive: true });
    for (const file of ['.hidden.json', '.json', 'a.txt', '.a.json.1.abc.part']) writeFileSync(at(file), text({}));
    expect(await setups.list()).toEqual([]);
    await expect(setups.fileOf('folder')).rejects.toThrow('There is no saved setup "folder".');
    await expect(setups.fileOf('../setups/a')).rejects.toThrow(/no name of a saved setup/);
    await expect(setups.fileOf('x'.repeat(5000))).rejects.toThrow(/There is no saved setup/);
  });

  test('values for parts that are not chosen now are no mistake', async () => {
    for (const model of Object.keys(registries.model))
      for (const planner of Object.keys(registries.planner)) {
        const values: Record<string, SettingValue> = {};
        for (const room of ['model', 'planner'] as const)
          for (const [key, setting] of Object.entries(schemasOf({ ...light, model, planner })[room]))
            values[`${room}.${key}`] = setting.default;
        await setups.save('a', { ...light, values }, { replace: true });
        expect((await setups.list())[0]!.reason).toBe('');
      }
  });

  test('the name of the file counts, whatever stands in it', async () => {
    mkdirSync(at(''), { recursive: true });
    writeFileSync(at('mine.json'), text({ name: 'other' }));
    expect((await setups.read('mine')).name).toBe('mine');
    expect(readFileSync(at('mine.json'), 'utf8')).toContain('other');
  });
});
