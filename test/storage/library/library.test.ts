import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { EpisodeFiles } from '../../../src/main/storage/episodeFiles';
import { LibraryFolder } from '../../../src/main/storage/library/library';
import { readEpisodeFile } from '../../../src/main/storage/readEpisodeFile';
import { recordInto } from '../../support/recordedPendulum';

const store = mkdtempSync(join(tmpdir(), 'upright-library-'));
const folder = join(store, 'recordings');
let written: string[];
beforeAll(async () => {
  const files = new EpisodeFiles(
    store,
    ({ episode }) => `episode-${episode + 1}`,
    (text) => expect.fail(text),
  );
  await recordInto(files, 'pendulum', {}, 9);
  ({ written } = files);
}, 60_000);
afterAll(() => rmSync(store, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});
const place = (name: string, from = written[0]!) => {
  copyFileSync(from, join(folder, name));
  return join(folder, name);
};

test('a line says what the recording is', async () => {
  const path = place('a.mcap', written.at(-1)!);
  const { recordings, bytes, freeBytes } = await new LibraryFolder(folder).list();
  const { header, periods } = readEpisodeFile(path);
  expect(recordings).toHaveLength(1);
  expect(recordings[0]).toMatchObject({
    name: 'a.mcap',
    state: 'whole',
    reason: '',
    rig: 'simulated',
    plant: 'pendulum',
    setup: 'pendulum',
    startedAt: header.startedAt,
    episode: header.episode,
    period: 0.05,
    rows: periods.length,
    marks: { tags: [], note: '', heldOut: false },
  });
  expect(recordings[0]!.seconds).toBeCloseTo(periods.at(-1)!.time, 9);
  expect(recordings[0]!.cost).toBeCloseTo(
    periods.slice(1).reduce((sum, { costs }) => sum + costs.reduce((a, b) => a + b), 0),
    9,
  );
  expect(recordings[0]!.ended).not.toBe('');
  expect(recordings[0]!.thumbnail.length).toBe(Math.min(96, periods.length));
  expect(Math.abs(recordings[0]!.thumbnail[0]!)).toBeGreaterThan(3); // it hung
  expect(bytes).toBe(readFileSync(path).length);
  expect(freeBytes).toBeGreaterThan(0);
});

test('nothing is needed: a folder that is not there is empty', async () => {
  rmSync(folder, { recursive: true });
  expect((await new LibraryFolder(folder).list()).recordings).toEqual([]);
});

test('what is not whole is listed with its reason, and a part that was recovered is not', async () => {
  place('whole.mcap');
  place('whole.mcap.part');
  truncateSync(place('left.mcap.part'), readFileSync(written[0]!).length / 2);
  truncateSync(place('cut.mcap'), readFileSync(written[0]!).length / 2);
  writeFileSync(join(folder, 'text.mcap'), 'time,angle\n');
  writeFileSync(join(folder, 'empty.mcap.part'), '');
  place('now.mcap.part');
  writeFileSync(join(folder, 'notes.txt'), 'mine');
  mkdirSync(join(folder, 'folder.mcap'));
  const { recordings } = await new LibraryFolder(folder, () => join(folder, 'now.mcap.part')).list();
  const by = Object.fromEntries(recordings.map(({ name, state, reason }) => [name, [state, reason]]));
  expect(Object.keys(by).sort()).toEqual(['cut.mcap', 'empty.mcap.part', 'left.mcap.part', 'now.mcap.part', 'text.mcap', 'whole.mcap']);
  expect(by['whole.mcap']).toEqual(['whole', '']);
  expect(by['left.mcap.part']![0]).toBe('part');
  expect(by['left.mcap.part']![1]).toMatch(/can be recovered/);
  expect(by['cut.mcap']![0]).toBe('damaged');
  expect(by['now.mcap.part']).toEqual(['open', 'It is being recorded.']);
  expect(by['text.mcap']![0]).not.toBe('whole');
  for (const [state, reason] of Object.values(by)) if (state !== 'whole') expect(reason).toMatch(/^[A-Za-z].*\.$/s);
});

test('the newest comes first', async () => {
  for (const [i, path] of written.entries()) place(`${i}.mcap`, path);
  const { recordings } = await new LibraryFolder(folder).list();
  const times = recordings.map(({ startedAt }) => startedAt);
  expect(times).toEqual(times.slice().sort().reverse());
});

test('marks stand beside the file, travel with it, and empty ones leave nothing', async () => {
  place('a.mcap');
  const before = readFileSync(join(folder, 'a.mcap'));
  const library = new LibraryFolder(folder);
  const marks = { tags: ['bench 2', 'ä'], note: 'a\nb "c"', heldOut: true };
  await library.mark('a.mcap', marks);
  expect((await library.summary('a.mcap')).marks).toEqual(marks);
  expect(library.filesOf('a.mcap')).toEqual(['a.mcap', 'a.mcap.notes.json'].map((name) => join(folder, name)));
  renameSync(join(folder, 'a.mcap'), join(folder, 'b.mcap'));
  renameSync(join(folder, 'a.mcap.notes.json'), join(folder, 'b.mcap.notes.json'));
  expect((await new LibraryFolder(folder).list()).recordings[0]).toMatchObject({ name: 'b.mcap', marks });
  await library.mark('b.mcap', { tags: [], note: '', heldOut: false });
  expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['b.mcap']);
  expect(readFileSync(join(folder, 'b.mcap')).equals(before)).toBe(true);
});

test.each([
  '',
  '{',
  '{"tags":[1],"note":"","heldOut":false}',
  '{"tags":[],"note":"","heldOut":false,"more":1}',
  JSON.stringify({ tags: [], note: 'x'.repeat(70_000), heldOut: true }),
])('notes that are none count as none and are put aside, not written over (%#)', async (text) => {
  place('a.mcap');
  const notes = join(folder, 'a.mcap.notes.json');
  writeFileSync(notes, text);
  const library = new LibraryFolder(folder);
  expect((await library.summary('a.mcap')).marks).toEqual({ tags: [], note: '', heldOut: false });
  await library.mark('a.mcap', { tags: ['x'], note: '', heldOut: false });
  expect(readFileSync(`${notes}.broken`, 'utf8')).toBe(text);
  expect((await library.summary('a.mcap')).marks.tags).toEqual(['x']);
});

test.each(['../a.mcap', 'x/../a.mcap', '/etc/passwd', 'a', 'a.mcap\0', '', '.', '..\\a.mcap', 'b.mcap', 'a.mcap.notes.json'])(
  'a name that is none of this folder is refused: %j',
  async (name) => {
    place('a.mcap');
    copyFileSync(written[0]!, join(store, 'a.mcap'));
    const library = new LibraryFolder(folder);
    for (const work of [() => library.pathOf(name), () => library.filesOf(name)]) expect(work).toThrow(/no such recording/);
    await expect(library.mark(name, { tags: ['x'], note: '', heldOut: false })).rejects.toThrow(/no such recording/);
    rmSync(join(store, 'a.mcap'));
  },
);

test('summaries are kept: a file that did not change is not read again, one that did is', async () => {
  const path = place('a.mcap');
  const first = (await new LibraryFolder(folder).list()).recordings;
  expect(existsSync(join(folder, '.summaries.json'))).toBe(true);
  const time = new Date('2026-01-02T03:04:05Z');
  utimesSync(path, time, time);
  await new LibraryFolder(folder).list();
  // other bytes under the same size and time: whoever sees them has read the file
  writeFileSync(path, Buffer.alloc(readFileSync(path).length));
  utimesSync(path, time, time);
  const kept = (await new LibraryFolder(folder).list()).recordings;
  expect(kept.map(({ state, rows, ended }) => ({ state, rows, ended }))).toEqual(
    first.map(({ state, rows, ended }) => ({ state, rows, ended })),
  );
  expect(kept[0]!.thumbnail.every((angle, i) => Math.abs(angle - first[0]!.thumbnail[i]!) < 1e-3)).toBe(true);
  utimesSync(path, new Date(), new Date());
  expect((await new LibraryFolder(folder).list()).recordings[0]!.state).not.toBe('whole');
});

test.each(['', '{}', 'null', '{"version":1,"entries":[{"key":"x"}]}', '{"version":0,"entries":[]}'])(
  'a cache that is none is made anew (%s)',
  async (text) => {
    place('a.mcap');
    writeFileSync(join(folder, '.summaries.json'), text);
    expect((await new LibraryFolder(folder).list()).recordings[0]).toMatchObject({ name: 'a.mcap', state: 'whole' });
    expect(readFileSync(join(folder, '.summaries.json'), 'utf8')).toContain('a.mcap');
  },
);

test('a folder in which no cache can be written is read all the same', async () => {
  place('a.mcap');
  mkdirSync(join(folder, '.summaries.json'));
  expect((await new LibraryFolder(folder).list()).recordings).toHaveLength(1);
  expect(readdirSync(folder).sort()).toEqual(['.summaries.json', 'a.mcap']);
});
