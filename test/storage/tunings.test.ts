import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { thisMachine, Tunings } from '../../src/main/storage/tunings';
import type { TunedShape } from '../../src/shared/rollouts/kernels/tuner';

let folder = '';
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'upright-tunings-'))));
afterAll(() => rm(folder, { recursive: true }));

const here = { program: '1.0.0', engine: '13.6', processor: 'Some CPU, x64' };
const small: TunedShape = { shape: '6 64 64 8', choice: { arithmetic: 'fused', block: 5 } };
const wide: TunedShape = { shape: '6 200 200 8', choice: { arithmetic: 'fused', block: 6 } };

test('what was measured is known at the next start; measured again, the newest counts', async () => {
  const file = join(folder, 'made', 'tuning.json');
  const first = new Tunings(file, here);
  expect(first.known).toEqual([]);
  await Promise.all([first.remember(small), first.remember(wide)]);
  expect(new Tunings(file, here).known).toEqual([small, wide]);
  const again: TunedShape = { shape: small.shape, choice: { arithmetic: 'fused', block: 4 } };
  await first.remember(again);
  expect(first.known).toEqual([wide, again]);
  expect(new Tunings(file, here).known).toEqual([wide, again]);
});

test('another engine, processor or program does not know it, and both keep theirs in one file', async () => {
  const file = join(folder, 'shared.json');
  await new Tunings(file, here).remember(small);
  for (const other of [
    { ...here, engine: '14.0' },
    { ...here, processor: 'Another, arm64' },
    { ...here, program: '1.0.1' },
  ]) {
    const there = new Tunings(file, other);
    expect(there.known).toEqual([]);
    await there.remember(wide);
    expect(there.known).toEqual([wide]);
  }
  expect(new Tunings(file, here).known).toEqual([small]);
});

test('two workbenches with one file do not forget each other’s', async () => {
  const file = join(folder, 'two.json');
  const [one, two] = [new Tunings(file, here), new Tunings(file, here)];
  await one.remember(small);
  await two.remember(wide);
  expect(new Tunings(file, here).known).toEqual([small, wide]);
});

test('a file that is damaged, foreign, of another version or far too big counts as none, and is replaced', async () => {
  const file = join(folder, 'damaged.json');
  await new Tunings(file, here).remember(small);
  const good = readFileSync(file, 'utf8');
  for (const bad of [
    '',
    good.slice(0, good.length / 2),
    '[]',
    'null',
    good.replace('"version": 1', '"version": 2'),
    good.replace('"block": 5', '"block": 7'),
    good.replace('"fused"', '"wrong"'),
    good.replace('"shape"', '"form"'),
    good.padEnd(100_001),
  ]) {
    expect(bad).not.toBe(good);
    writeFileSync(file, bad);
    const tunings = new Tunings(file, here);
    expect(tunings.known).toEqual([]);
    await tunings.remember(wide);
    expect(new Tunings(file, here).known).toEqual([wide]);
  }
});

test('where nothing can be written, what was measured is known until the end', async () => {
  writeFileSync(join(folder, 'taken'), 'a file');
  const tunings = new Tunings(join(folder, 'taken', 'tuning.json'), here);
  await tunings.remember(small);
  expect(tunings.known).toEqual([small]);
});

test('the file does not grow without end', async () => {
  const file = join(folder, 'many.json');
  const tunings = new Tunings(file, here);
  for (let i = 0; i < 70; i++) void tunings.remember({ shape: String(i), choice: small.choice });
  await tunings.remember(wide);
  expect(new Tunings(file, here).known).toHaveLength(64);
  expect(new Tunings(file, here).known.at(-1)).toEqual(wide);
}, 120_000);

test('this machine is its engine and its processor', () => {
  expect(thisMachine('0.1.0')).toMatchObject({ program: '0.1.0', engine: process.versions.v8 });
  expect(thisMachine('0.1.0').processor).toMatch(new RegExp(`., ${process.arch}$`));
});
