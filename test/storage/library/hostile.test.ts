import { execFileSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RecordingSummary } from '../../../src/shared/episodes/library';
import { topicOfEvent } from '../../../src/shared/episodes/eventRecord';
import {
  eventText,
  headerTexts,
  namesOf,
  periodText,
  type EpisodeHeader,
  type RecordedEvent,
  type RecordedPeriod,
} from '../../../src/shared/episodes/record';
import { HEADER_METADATA, topicIds, topics } from '../../../src/shared/episodes/topics';
import { FileRefused } from '../../../src/shared/recordings/refusal';
import { EpisodeFiles } from '../../../src/main/storage/episodeFiles';
import { LibraryFolder } from '../../../src/main/storage/library/library';
import { RecordingFile } from '../../../src/main/storage/library/recordingFile';
import { McapChunkWriter } from '../../../src/main/storage/mcap/chunkWriter';
import { repair } from '../../../src/main/storage/mcap/repair';
import { readEpisodeFile } from '../../../src/main/storage/readEpisodeFile';
import { recordInto } from '../../support/recordedPendulum';

const store = mkdtempSync(join(tmpdir(), 'upright-hostile-'));
const folder = join(store, 'recordings');
const cache = join(folder, '.summaries.json');
let good: string;
let header: EpisodeHeader;
let periods: readonly RecordedPeriod[];
beforeAll(async () => {
  const files = new EpisodeFiles(
    store,
    () => 'good',
    (text) => expect.fail(text),
  );
  await recordInto(files, 'pendulum', {}, 3);
  good = files.written[0]!;
  ({ header, periods } = readEpisodeFile(good));
}, 60_000);
afterAll(() => rmSync(store, { recursive: true, force: true }));
beforeEach(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
});

interface Forged {
  readonly texts?: Readonly<Record<string, string>>;
  readonly ended?: string;
  /** Left in the middle. */
  readonly cut?: boolean;
  /** What the periods say instead of their steps. */
  readonly stepOf?: (step: number) => number;
  /** Models that came between the first two periods. */
  readonly models?: number;
}
/** A recording with right checksums whose words are anybody's. */
function forge(name: string, { texts = {}, ended = 'It ended.', cut = false, stepOf = (step) => step, models = 0 }: Forged): string {
  const writer = new McapChunkWriter(
    topicIds.map((id) => topics[id]),
    [{ name: HEADER_METADATA, values: { ...headerTexts(header), ...texts } }],
    'forged',
  );
  const startedAt = BigInt(Date.parse(header.startedAt)) * 1_000_000n;
  const event = (time: bigint, said: RecordedEvent) => writer.add(topicIds.indexOf(topicOfEvent(said)), time, eventText(said));
  const file = openSync(join(folder, name), 'w');
  writeSync(file, writer.head());
  for (const period of periods) {
    const { step } = period;
    const time = startedAt + BigInt(Math.round(period.time * 1e9));
    writer.add(topicIds.indexOf('telemetry'), time, periodText({ ...period, step: stepOf(step) }, namesOf(header)));
    if (step === 0) for (let fit = 1; fit <= models; fit++) event(time, { step, kind: 'model', text: `Fit ${fit} is in use.` });
    if (step === 9) event(time, { step, kind: 'limit', text: 'The cart went beyond its limit.' });
    if (step % 5 === 4) writeSync(file, writer.chunk()!);
    if (period === periods.at(-1)) event(time, { step, kind: 'end', text: ended });
  }
  if (writer.waiting > 0) writeSync(file, writer.chunk()!);
  if (!cut) writeSync(file, writer.end());
  closeSync(file);
  return join(folder, name);
}
const long = 'x'.repeat(1_000_000);

/** What the contract says of a line, and that it is one that a screen has room for. */
function isFair(one: RecordingSummary): void {
  for (const field of ['name', 'state', 'reason', 'startedAt', 'rig', 'plant', 'setup', 'hash', 'software', 'ended'] as const) {
    expect(typeof one[field], field).toBe('string');
    expect(one[field].length, field).toBeLessThanOrEqual(4_000);
  }
  for (const field of ['bytes', 'seed', 'episode', 'period', 'rows', 'seconds'] as const)
    expect(Number.isFinite(one[field]), field).toBe(true);
  expect(new Date(one.startedAt).toISOString()).toBe(one.startedAt);
  expect(one.thumbnail.length).toBeLessThanOrEqual(96);
  if (one.state !== 'whole') expect(one.reason).toMatch(/\.$/);
}

test.each<readonly [string, Readonly<Record<string, string>>]>([
  ['a rig that is no word', { rig: '{"toString":1}' }],
  ['a plant that is a number', { plant: '5' }],
  ['a plant without end', { plant: JSON.stringify(long) }],
  ['an episode that is a word', { episode: '"x"' }],
  ['an episode that is none', { episode: 'null' }],
  ['a program without end', { software: long }],
  ['a time that is none', { startedAt: long }],
  ['a time in other words', { startedAt: 'Fri, 27 Nov 2026 00:00:00 GMT' }],
  ['a time out of all bounds', { startedAt: '+275760-09-13T00:00:00.000Z' }],
  ['a channel that is none', { channels: '[null]' }],
  ['channels without names', { channels: '[{},{}]' }],
  ['no channel', { channels: '[]' }],
  ['costs that are no list', { costs: '7' }],
  ['costs that are nothing', { costs: 'null' }],
  ['a period next to nothing', { period: '1e-320' }],
  ['a setup that is none', { setup: JSON.stringify({ name: long }) }],
  ['a nested setup', { setup: '['.repeat(100_000) + ']'.repeat(100_000) }],
])('%s costs one line, and the others stay what they are', async (_, texts) => {
  copyFileSync(good, join(folder, 'good.mcap'));
  forge('forged.mcap', { texts });
  forge('left.mcap.part', { texts, cut: true });
  const first = await new LibraryFolder(folder).list();
  expect(first.recordings).toHaveLength(3);
  first.recordings.forEach(isFair);
  // and it is kept like every other: nobody has to read the whole folder anew because of it
  const before = statSync(cache);
  const again = await new LibraryFolder(folder).list();
  again.recordings.forEach(isFair);
  expect(statSync(cache)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  expect(again.recordings.map(({ name, state }) => [name, state])).toEqual(first.recordings.map(({ name, state }) => [name, state]));
  expect(again.recordings.find(({ name }) => name === 'good.mcap')?.state).toBe('whole');
});

test('a last word without end is shortened', async () => {
  forge('forged.mcap', { ended: long });
  const [first] = (await new LibraryFolder(folder).list()).recordings;
  isFair(first!);
  const before = statSync(cache);
  const [again] = (await new LibraryFolder(folder).list()).recordings;
  expect(again!.ended).toBe(first!.ended);
  expect(statSync(cache).ino).toBe(before.ino);
});

test('a folder, and what stands beside recordings, are no names of recordings', () => {
  mkdirSync(join(folder, 'folder.mcap'));
  writeFileSync(join(folder, '.hidden.mcap'), '');
  const library = new LibraryFolder(folder);
  for (const name of ['folder.mcap', '.hidden.mcap', `${'x'.repeat(5000)}.mcap`])
    expect(() => library.filesOf(name), name.slice(0, 20)).toThrow(/no such recording/);
});

test.skipIf(process.platform === 'win32')('a pipe in the place of notes or of a recording makes nobody wait', async () => {
  copyFileSync(good, join(folder, 'good.mcap'));
  for (const name of ['good.mcap.notes.json', 'pipe.mcap']) execFileSync('mkfifo', [join(folder, name)]);
  const { recordings } = await new LibraryFolder(folder).list();
  expect(recordings.map(({ name, marks }) => [name, marks.note])).toEqual([['good.mcap', '']]);
});

test.skipIf(process.platform === 'win32')(
  'a pipe in the place of the cache makes nobody wait',
  async () => {
    copyFileSync(good, join(folder, 'good.mcap'));
    execFileSync('mkfifo', [cache]);
    expect((await new LibraryFolder(folder).list()).recordings[0]).toMatchObject({ name: 'good.mcap', state: 'whole' });
  },
  10_000,
);

test('a cache larger than any is not read', async () => {
  copyFileSync(good, join(folder, 'good.mcap'));
  writeFileSync(cache, '');
  truncateSync(cache, 1e9);
  const before = process.memoryUsage().rss;
  expect((await new LibraryFolder(folder).list()).recordings[0]).toMatchObject({ name: 'good.mcap', state: 'whole' });
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  expect(statSync(cache).size).toBeLessThan(100_000);
});

test('broken notes are never lost, however often', async () => {
  copyFileSync(good, join(folder, 'good.mcap'));
  const library = new LibraryFolder(folder);
  const notes = join(folder, 'good.mcap.notes.json');
  for (const text of ['first', 'second']) {
    writeFileSync(notes, text);
    await library.mark('good.mcap', { tags: ['x'], note: '', heldOut: false });
  }
  expect(readFileSync(`${notes}.broken`, 'utf8')).toBe('first');
  expect(readFileSync(`${notes}.broken.2`, 'utf8')).toBe('second');
  expect(library.filesOf('good.mcap').sort()).toEqual(
    ['', '.notes.json', '.notes.json.broken', '.notes.json.broken.2'].map((end) => join(folder, `good.mcap${end}`)),
  );
});

test('marks that a screen wrote with all the words it may are read again', async () => {
  copyFileSync(good, join(folder, 'good.mcap'));
  const library = new LibraryFolder(folder);
  const marks = { tags: Array.from({ length: 20 }, () => '\u0001'.repeat(40)), note: '\u0001'.repeat(4000), heldOut: true };
  await library.mark('good.mcap', marks);
  expect((await library.summary('good.mcap')).marks).toEqual(marks);
});

test('nothing is written again when nothing has changed', async () => {
  copyFileSync(good, join(folder, 'good.mcap'));
  const library = new LibraryFolder(folder);
  await library.list();
  const before = statSync(cache);
  await library.list();
  await new LibraryFolder(folder).list();
  expect(statSync(cache)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  rmSync(join(folder, 'good.mcap'));
  await library.list();
  expect(readFileSync(cache, 'utf8')).not.toContain('good.mcap');
});

test('a folder whose parents are not there is empty', async () => {
  const library = new LibraryFolder(join(store, 'no', 'such', 'folder'));
  expect(await library.list()).toMatchObject({ recordings: [], bytes: 0 });
  expect(existsSync(join(store, 'no'))).toBe(false);
});

test('a part says how many periods it has, and is a whole line once it is recovered', async () => {
  forge('left.mcap.part', { cut: true });
  const library = new LibraryFolder(folder);
  const [left] = (await library.list()).recordings;
  expect(left).toMatchObject({ state: 'part', rows: periods.length, plant: 'pendulum', setup: 'pendulum' });
  expect(left!.seconds).toBeCloseTo(periods.at(-1)!.time, 9);
  const { repaired } = await repair(join(folder, 'left.mcap.part'), { library: 'test' });
  const { recordings } = await library.list();
  const whole = recordings.find(({ name }) => join(folder, name) === repaired);
  expect(whole).toMatchObject({ state: 'whole', rows: periods.length, ended: 'It ended.' });
});

test('a file that changed is read again though its time stands still', async () => {
  const path = join(folder, 'good.mcap');
  copyFileSync(good, path);
  const time = new Date('2026-01-02T03:04:05Z');
  utimesSync(path, time, time);
  await new LibraryFolder(folder).list();
  truncateSync(path, statSync(path).size - 100);
  utimesSync(path, time, time);
  expect((await new LibraryFolder(folder).list()).recordings[0]!.state).toBe('damaged');
});

test.each<readonly [string, (step: number) => number]>([
  ['without end', (step) => (step > 40 ? Infinity : step)],
  ['that are no number', (step) => (step > 40 ? NaN : step)],
  ['between others', (step) => step / 2],
  ['before the first', (step) => step - 1],
  ['that never go on', () => 0],
  ['that go back', (step) => (step > 40 ? 80 - step : step)],
])(
  'steps %s are refused, and never make a window larger than was asked',
  (_, stepOf) => {
    const file = RecordingFile.open(forge('forged.mcap', { stepOf }));
    try {
      for (const most of [2, 10, 30, 20_000]) {
        let count = 0;
        try {
          ({ count } = file.rowsBetween(0, file.seconds, most).rows);
        } catch (error) {
          if (!(error instanceof FileRefused)) throw error;
          expect(error.sentence).toMatch(/step.*Give a recording of an episode/);
        }
        expect(count).toBeLessThanOrEqual(most);
      }
    } finally {
      file.close();
    }
  },
  10_000,
);

test('however many models came, the axis has room for what else happened, and for the end', () => {
  const file = RecordingFile.open(forge('forged.mcap', { models: 3_000 }));
  try {
    const moments = file.moments();
    expect(moments.length).toBeLessThanOrEqual(500);
    expect(moments[0]).toEqual({ time: 0, kind: 'model', label: 'fit 1' });
    expect(moments.find(({ kind }) => kind === 'fault')).toMatchObject({ label: 'The cart went beyond its limit.' });
    expect(moments.at(-1)).toMatchObject({ kind: 'end' });
  } finally {
    file.close();
  }
});
