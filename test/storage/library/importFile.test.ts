import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { smoothedEpisode } from '../../../src/main/control/smoothedEpisode';
import { EpisodeFiles } from '../../../src/main/storage/episodeFiles';
import { exportFile, importFile } from '../../../src/main/storage/library/importFile';
import { summaryOf } from '../../../src/main/storage/library/summary';
import { readEpisodeFile } from '../../../src/main/storage/readEpisodeFile';
import { recordedSetup } from '../../../src/main/storage/recordedSetup';
import { FileRefused } from '../../../src/shared/recordings/refusal';
import { call } from '../../cli/calling';
import { recordInto } from '../../support/recordedPendulum';

const store = mkdtempSync(join(tmpdir(), 'upright-import-'));
const library = join(store, 'recordings');
const episodes: Record<string, string> = {};
const NOW = '2026-11-27T12:00:00.000Z';
const take = (path: string) => importFile(path, library, { software: 'test', startedAt: NOW });
beforeAll(async () => {
  for (const name of ['pendulum', 'light'] as const) {
    const files = new EpisodeFiles(
      store,
      () => name,
      (text) => expect.fail(text),
    );
    await recordInto(files, name, {}, 3);
    episodes[name] = files.written[0]!;
  }
}, 60_000);
afterAll(() => rmSync(store, { recursive: true, force: true }));
beforeEach(() => rmSync(library, { recursive: true, force: true }));

describe.each(['pendulum', 'light'])('an episode of %s', (name) => {
  test.each(['csv', 'parquet'] as const)('by way of %s comes back with every state and action to the last bit', async (form) => {
    const before = readEpisodeFile(episodes[name]!);
    const written = await exportFile(episodes[name]!, form, join(store, 'exports'), 'test');
    expect(written.notes.join(' ')).toMatch(/plan/);
    const { path, notes } = await take(written.path);
    expect(notes.join(' ')).toMatch(/Columns that an episode has no place for are left out \(step, rigTime/);
    const after = readEpisodeFile(path);
    expect(after.header).toMatchObject({ rig: 'imported', plant: before.header.plant, period: before.header.period, startedAt: NOW });
    expect(after.periods.map(({ time, state }) => [time, ...state])).toEqual(before.periods.map(({ time, state }) => [time, ...state]));
    expect(after.periods.slice(1).map(({ applied }) => applied)).toEqual(before.periods.slice(1).map(({ applied }) => applied));
    const { size, mtime } = statSync(path);
    expect(summaryOf(path, { size, mtime })).toMatchObject({ state: 'whole', rig: 'imported', rows: before.periods.length, random: false });
    // models are fitted on what the table told, not on what a filter makes of it
    const grid = smoothedEpisode(after, recordedSetup(path, after.header))!;
    expect(Array.from(grid.states)).toEqual(before.periods.flatMap(({ state }) => state));
    expect(Array.from(grid.actions)).toEqual(before.periods.slice(1).map(({ applied }) => applied));
    rmSync(written.path);
  });
  test('as a recording is taken over as it is', async () => {
    const { path, notes } = await take(episodes[name]!);
    expect([basename(path), notes]).toEqual([`${name}.mcap`, []]);
    expect(readEpisodeFile(path)).toEqual(readEpisodeFile(episodes[name]!));
    expect(basename((await take(episodes[name]!)).path)).toBe(`${name}_2.mcap`);
  });
});

test('what was imported is fitted like any other, and is not replayed, because it did not run here', async () => {
  const { path: csv } = await exportFile(episodes['pendulum']!, 'csv', join(store, 'exports'), 'test');
  const { path } = await take(csv);
  const quiet = ['--json', '--progress', 'none'];
  expect((await call(['fit', path, '--model', 'linear', ...quiet])).code).toBe(0);
  const { code, document } = await call(['replay', path, ...quiet]);
  expect(code).toBe(3);
  expect(document.error).toMatchObject({ message: expect.stringContaining('it was imported from a table') as string });
});

describe('a table that is no episode is refused in a sentence, and leaves nothing', () => {
  const rows = (gaps: readonly number[], edit: (cells: string[], row: number) => string[] = (cells) => cells) => {
    let time = 0;
    const lines = gaps.map((gap, row) => edit([String((time += gap)), '0.1', '0', '1.5'], row).join(','));
    return `time,angle,rate,action\n${lines.join('\n')}\n`;
  };
  const even = new Array<number>(20).fill(0.05);
  const other = (at: number, gap: number) => even.map((one, i) => (i === at ? gap : one));
  test('though an even one is taken', async () => {
    writeFileSync(join(store, 'even.csv'), rows(even));
    const { periods } = readEpisodeFile((await take(join(store, 'even.csv'))).path);
    expect([periods.length, periods[0]!.time, periods.at(-1)!.applied]).toEqual([20, 0, 1.5]);
  });
  test.each([
    [
      'other columns',
      'time,theta,u\n0,1,2\n0.05,1,2\n',
      /its columns of numbers \(time, theta, u\) are not time, action and the channels of a plant \(.*angle, rate/,
    ],
    [
      'no number',
      rows(even, (cells, row) => (row === 4 ? [cells[0]!, 'NaN', cells[2]!, cells[3]!] : cells)),
      /row 5 has no finite number for "angle"/,
    ],
    [
      'an empty cell',
      rows(even, (cells, row) => (row === 2 ? [cells[0]!, cells[1]!, cells[2]!, ''] : cells)),
      /row 3 has no finite number for "action"/,
    ],
    ['a row that is missing', rows(other(7, 0.1)), /from row 7 to 8 it is 0\.1 s, and 0\.05 s from most rows/],
    ['time that runs back', rows(other(9, -0.05)), /from row 9 to 10/],
    ['time that stands still', rows(new Array<number>(5).fill(0)), /0 s from most rows/],
    ['a single row', rows([0.05]), /a single row is no episode/],
    ['a period that no loop has', rows(new Array<number>(5).fill(3)), /period/i],
  ])('%s', async (_what, text, words) => {
    writeFileSync(join(store, 'bad.csv'), text);
    await expect(take(join(store, 'bad.csv'))).rejects.toThrow(words);
    expect(existsSync(library) ? readdirSync(library) : []).toEqual([]);
  });
  test('another kind of file, and none', async () => {
    writeFileSync(join(store, 'a.txt'), '');
    await expect(take(join(store, 'a.txt'))).rejects.toThrow(FileRefused);
    await expect(take(join(store, 'nothing.csv'))).rejects.toThrow(/no such file|ENOENT/);
    copyFileSync(episodes['pendulum']!, join(store, 'cut.mcap'));
    writeFileSync(join(store, 'cut.mcap'), readFileSync(episodes['pendulum']!).subarray(0, 30_000));
    await expect(take(join(store, 'cut.mcap'))).rejects.toThrow(/upright recover|not ended|cut/);
  });
});
