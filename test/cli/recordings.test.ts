import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EpisodeFiles } from '../../src/main/storage/episodeFiles';
import { recordInto } from '../support/recordedPendulum';
import { call } from './calling';

let folder = '';
let files: readonly string[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'upright-recordings-'));
  const sink = new EpisodeFiles(
    folder,
    ({ plant, episode }) => `${plant} ${episode + 1}`,
    (text) => {
      throw new Error(text);
    },
  );
  await recordInto(sink, 'pendulum', { 'learning.episode': 4 }, 8);
  files = sink.written;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const quiet = ['--json', '--progress', 'none'];

describe('replay', () => {
  test('says that a recording is identical', async () => {
    const { code, document } = await call(['replay', files[0]!, ...quiet]);
    expect(code).toBe(0);
    expect(document).toMatchObject({
      command: 'replay',
      file: files[0],
      plant: 'pendulum',
      episode: 0,
      periodSeconds: 0.05,
      controller: null,
      identical: true,
      firstDifferenceStep: null,
      difference: null,
      commands: { unit: 'N m', largestDifference: 0, rmsDifference: 0 },
    });
    expect((await call(['replay', files[0]!])).stdout).toMatch(/identical in all \d+ steps\.\n$/);
  });
  test('compares another controller, which is no failure', async () => {
    const { code, document } = await call(['replay', files[0]!, '--controller', 'zero', ...quiet]);
    expect(code).toBe(0);
    expect(document).toMatchObject({ controller: 'zero', identical: null });
    expect((document['commands'] as { rmsDifference: number }).rmsDifference).toBeGreaterThan(0.1);
  });
  test('refuses what was cut, in words, with exit 3', async () => {
    const cut = join(folder, 'cut.mcap.part');
    copyFileSync(files[0]!, cut);
    truncateSync(cut, 30_000);
    const { code, document } = await call(['replay', cut, ...quiet]);
    expect(code).toBe(3);
    expect(document.error).toMatchObject({
      code: 'import.damaged',
      file: cut,
      remedy: expect.stringContaining('upright recover') as string,
    });
  });
});

describe('convert', () => {
  test('writes CSV and Parquet of the same rows and says what is lost', async () => {
    const made = [];
    for (const ending of ['csv', 'parquet']) {
      const to = join(folder, `out.${ending}`);
      const { code, document } = await call(['convert', files[0]!, to, ...quiet]);
      expect(code).toBe(0);
      expect(existsSync(to)).toBe(true);
      made.push(document);
    }
    expect(made[0]!['rows']).toBe(made[1]!['rows']);
    expect(made.map(({ lossless }) => lossless)).toEqual([false, false]);
    expect(made[0]!['losses']).toEqual([...(made[1]!['losses'] as string[]), expect.stringContaining('no place for the setup')]);
  });
  test.each([
    ['a file that is there', 'taken.csv', 'is there already'],
    ['an ending that is none', 'out.xlsx', 'is none of .csv, .parquet'],
  ])('refuses %s with exit 2 and leaves it alone', async (_what, name, words) => {
    const to = join(folder, name);
    if (name === 'taken.csv') writeFileSync(to, 'mine');
    const { code, document } = await call(['convert', files[0]!, to, ...quiet]);
    expect(code).toBe(2);
    expect(document.error!.message).toContain(words);
    if (name === 'taken.csv') expect(readFileSync(to, 'utf8')).toBe('mine');
  });
  test('refuses what is no recording', async () => {
    expect((await call(['convert', join(folder, 'taken.txt'), join(folder, 'x.csv'), ...quiet])).code).toBe(2);
  });
});

describe('fit on recordings of ours', () => {
  test('takes plant and grid from them', async () => {
    const { code, document } = await call(['fit', files[0]!, '--test', files[1]!, '--model', 'linear', '--steps', '1,5', ...quiet]);
    expect(code).toBe(0);
    expect(document).toMatchObject({ plant: 'pendulum', grid: { periodSeconds: 0.05 } });
    expect(document['files']).toMatchObject([
      { file: files[0], role: 'train', actionColumn: 'applied', samplePeriodSeconds: 0.05 },
      { file: files[1], role: 'test' },
    ]);
    expect((document['errors'] as unknown[]).length).toBe(2);
  });
  test('takes a window of one', async () => {
    const whole = await call(['fit', files[0]!, '--model', 'linear', ...quiet]);
    const part = await call(['fit', `${files[0]!}@1:2`, '--test', files[1]!, '--model', 'linear', ...quiet]);
    const rows = ({ document }: typeof whole) => (document['files'] as { rows: number }[])[0]!.rows;
    expect(rows(part)).toBe(21);
    expect(rows(whole)).toBeGreaterThan(60);
  });
  test('trains on none that was marked as held out, and judges by it', async () => {
    const notes = `${files[0]!}.notes.json`;
    writeFileSync(notes, JSON.stringify({ tags: [], note: '', heldOut: true }));
    try {
      const { code, document } = await call(['fit', files[0]!, '--model', 'linear', ...quiet]);
      expect(code).toBe(2);
      expect(document.error).toMatchObject({
        message: `${files[0]!} is marked as held out of fits.`,
        remedy: expect.stringContaining('--test') as string,
      });
      expect((await call(['fit', files[1]!, '--test', files[0]!, '--model', 'linear', ...quiet])).code).toBe(0);
    } finally {
      rmSync(notes);
    }
  });
  test.each([
    ['another plant', ['--plant', 'cartPole'], 'is a recording of the plant "pendulum"'],
    ['another period', ['--period', '0.02'], 'was recorded with a control period of 0.05 s'],
  ])('refuses %s', async (_what, flags, words) => {
    const { code, document } = await call(['fit', files[0]!, '--model', 'linear', ...flags, ...quiet]);
    expect(code).not.toBe(0);
    expect(document.error!.message).toContain(words);
  });
  test('refuses an action column or a row, which a recording says itself', async () => {
    const { code, document } = await call(['fit', `${files[0]!}+row=1`, '--model', 'linear', ...quiet]);
    expect(code).toBe(2);
    expect(document.error!.message).toContain('says itself which action acted when');
  });
});

test('learn refuses a folder for recordings that cannot be one', async () => {
  const file = join(folder, 'a file');
  writeFileSync(file, '');
  const { code, document } = await call(['learn', '--record', file, ...quiet]);
  expect(code).toBe(4);
  expect(document.error).toMatchObject({ code: 'folder', message: expect.stringContaining('is a file') as string });
});
