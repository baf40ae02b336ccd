import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { EpisodeFiles } from '../../src/main/storage/episodeFiles';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import type { RecordingWork } from '../../src/shared/contract/contract';
import type { FromControl } from '../../src/shared/contract/controlMessages';
import { setupHash } from '../../src/shared/setups/setupHash';
import { recordInto } from '../support/recordedPendulum';
import { workbenchHere } from './inProcess';

let episode: Buffer;
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'upright-episode-'));
  const files = new EpisodeFiles(
    folder,
    () => 'a',
    (text) => expect.fail(text),
  );
  await recordInto(files, 'pendulum', { 'plant.mass': 0.6 }, 3);
  episode = readFileSync(files.written[0]!);
  rmSync(folder, { recursive: true });
}, 60_000);

let home: string;
let here: ReturnType<typeof workbenchHere>;
const at = (name: string) => join(home, 'recordings', name);
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'upright-library-'));
  mkdirSync(join(home, 'recordings'));
  writeFileSync(at('a.mcap'), episode);
  here = workbenchHere({ home });
});
afterEach(async () => {
  await here.workbench.close();
  rmSync(home, { recursive: true, force: true });
});
const marks = { tags: ['x'], note: 'y', heldOut: true };

test('a client sees the folder, opens a recording, and reads its rows and plans', async () => {
  const client = here.join();
  const { folder, recordings } = await client.recordings();
  expect([folder, recordings.map(({ name }) => name)]).toEqual([join(home, 'recordings'), ['a.mcap']]);
  const opened = await client.openRecording({ name: 'a.mcap' });
  expect(opened.summary).toEqual(recordings[0]);
  expect(opened.setup).toMatchObject({ plant: { id: 'pendulum' }, period: 0.05, hash: opened.summary.hash });
  expect(opened.settings.flatMap(({ settings }) => settings).find(({ id }) => id === 'plant.mass')).toMatchObject({ value: 0.6 });
  expect(opened.moments.at(-1)).toMatchObject({ kind: 'end' });
  const { every, rows } = await client.recordedRows({ name: 'a.mcap', from: 0, to: 1e6, most: 20_000 });
  expect([every, rows.count, rows.states.length]).toEqual([1, opened.summary.rows, 2 * opened.summary.rows]);
  const { frames } = await client.recordedPlans({ name: 'a.mcap', from: 0, to: 1e6, most: 400 });
  expect(frames.length).toBe(opened.plans);
});

test('marks are kept and told to everybody', async () => {
  const [client, other] = [here.join(), here.join()];
  const told = new Promise((done) => other.on('recordings', done));
  await client.markRecording({ name: 'a.mcap', marks });
  expect(await told).toEqual({ folder: join(home, 'recordings') });
  expect((await other.recordings()).recordings[0]!.marks).toEqual(marks);
  await expect(client.markRecording({ name: 'a.mcap', marks: { ...marks, tags: new Array<string>(21).fill('x') } })).rejects.toThrow(
    /markRecording was refused/,
  );
});

test('what is deleted goes to the trash of the desktop with the words beside it', async () => {
  const client = here.join();
  await client.markRecording({ name: 'a.mcap', marks });
  await client.trashRecordings({ names: ['a.mcap'] });
  expect(here.desktop.trashed).toEqual([at('a.mcap'), at('a.mcap.notes.json')]);
  await client.showRecording({ name: 'a.mcap' });
  await client.showRecordings();
  expect(here.desktop.shown).toEqual([at('a.mcap'), join(home, 'recordings')]);
  await expect(client.trashRecordings({ names: ['../tuning.json'] })).rejects.toThrow(/no such recording/);
});

test('a recording that was cut is made whole in a new file, and the loss said', async () => {
  writeFileSync(at('cut.mcap.part'), episode.subarray(0, episode.length * 0.6));
  const client = here.join();
  await expect(client.openRecording({ name: 'cut.mcap.part' })).rejects.toThrow(/was not ended/);
  const { name, words } = await client.recoverRecording({ name: 'cut.mcap.part' });
  expect([name, words]).toEqual(['cut.mcap', expect.stringMatching(/^repaired: .*bytes left over at the end/)]);
  const { recordings } = await client.recordings();
  expect(recordings.map((one) => [one.name, one.state]).sort()).toEqual([
    ['a.mcap', 'whole'],
    ['cut.mcap', 'whole'],
  ]);
  expect((await client.openRecording({ name: 'cut.mcap' })).summary.rows).toBeGreaterThan(10);
});

test('a recording goes out as a table and comes in again; whoever shows the folder is told', async () => {
  const client = here.join();
  const { path, notes } = await client.exportRecording({ name: 'a.mcap', form: 'csv' });
  expect([path, notes.length > 0]).toEqual([join(home, 'exports', 'a.csv'), true]);
  expect((await client.exportRecording({ name: 'a.mcap', form: 'csv' })).path).toBe(join(home, 'exports', 'a_2.csv'));
  const told = new Promise((done) => client.on('recordings', done));
  const { name } = await client.importRecording({ path });
  await told;
  expect(name).toBe('a_2.mcap');
  expect((await client.recordings()).recordings.find((one) => one.name === name)).toMatchObject({ state: 'whole', rig: 'imported' });
  await expect(client.importRecording({ path: join(home, 'nothing.csv') })).rejects.toThrow(/nothing\.csv/);
});

describe('an import that takes long', () => {
  const rows = 40_000;
  const long = () => {
    const lines = Array.from({ length: rows }, (_, i) => `${i * 0.05},${Math.sin(i / 9)},0,0`);
    writeFileSync(join(home, 'long.csv'), `# units: s,rad,rad/s,N m\ntime,angle,rate,action\n${lines.join('\n')}\n`);
    return join(home, 'long.csv');
  };
  test('says how it stands, and the list and rows of others do not wait for it', async () => {
    const [client, other] = [here.join(), here.join()];
    const steps: (RecordingWork | null)[] = [];
    let ended = false;
    other.on('recordingWork', (work) => steps.push(work));
    const begun = new Promise((done) => other.on('recordingWork', done));
    const importing = client.importRecording({ path: long() }).finally(() => (ended = true));
    await begun;
    expect((await other.recordedRows({ name: 'a.mcap', from: 0, to: 1, most: 100 })).rows.count).toBeGreaterThan(10);
    expect((await other.recordings()).recordings.map(({ name }) => name)).toEqual(['a.mcap']);
    expect(ended).toBe(false);
    await expect(other.exportRecording({ name: 'a.mcap', form: 'csv' })).rejects.toThrow('Importing long.csv is under way.');
    expect(await importing).toEqual({ name: 'long.mcap', notes: [] });
    expect(steps.at(-1)).toBe(null);
    const last = steps.at(-2)!;
    expect(last).toMatchObject({ what: 'Importing long.csv: write', total: rows, unit: 'row' });
    expect((await other.openRecording({ name: 'long.mcap' })).summary).toMatchObject({ rows, rig: 'imported' });
  });
  test('is cancelled by anybody, in a moment, and leaves nothing behind', async () => {
    const [client, other] = [here.join(), here.join()];
    await other.cancelRecordingWork(); // nothing is under way
    const begun = new Promise<void>((done) => other.on('recordingWork', (work) => work?.what.endsWith('write') === true && done()));
    const importing = client.importRecording({ path: long() });
    const refused = expect(importing).rejects.toThrow('It was cancelled; nothing of it was kept.');
    await begun;
    const before = performance.now();
    await other.cancelRecordingWork();
    await refused;
    expect(performance.now() - before).toBeLessThan(200);
    expect(readdirSync(join(home, 'recordings')).filter((name) => !name.startsWith('.summaries'))).toEqual(['a.mcap']);
    expect((await client.exportRecording({ name: 'a.mcap', form: 'parquet' })).path).toBe(join(home, 'exports', 'a.parquet'));
  });
});

test('the setup of a recording is loaded by who holds the controls, with every setting', async () => {
  const client = here.join();
  const held = await client.takeControls({ take: true });
  const lease = 'lease' in held ? held.lease : '';
  await expect(client.loadRecordedSetup({ lease: 'another', name: 'a.mcap' })).rejects.toThrow();
  await client.loadRecordedSetup({ lease, name: 'a.mcap' });
  const { setup, settings } = await client.snapshot();
  expect(setup.hash).toBe((await client.recordings()).recordings[0]!.hash);
  expect(setup.hash).not.toBe(setupHash(builtInSetups.pendulum!));
  // what the recording had changed counts as changed, and goes back
  await client.resetSettings({ lease, ids: ['plant.mass'] });
  const mass = (await client.snapshot()).settings.flatMap((section) => section.settings).find(({ id }) => id === 'plant.mass')!;
  expect(mass.pending ?? mass.value).toBe(mass.default);
  expect(mass.default).not.toBe(0.6);
  expect(settings.flatMap((section) => section.settings).find(({ id }) => id === 'plant.mass')).toMatchObject({ value: 0.6 });
});

test('the data folder moves while nothing runs, and everything goes on from there', async () => {
  const client = here.join();
  const held = await client.takeControls({ take: true });
  const lease = 'lease' in held ? held.lease : '';
  const to = join(home, '..', `moved-${process.pid}`);
  try {
    while ((await client.snapshot()).status.state !== 'RUNNING') await new Promise((turn) => setImmediate(turn));
    await expect(client.moveData({ lease, to })).rejects.toThrow(/Stop the run first/);
    await client.stop({ reason: 'enough' });
    await expect(client.moveData({ lease, to: join(home, 'inside') })).rejects.toThrow(/lies in/);
    expect((await client.recordings()).folder).toBe(join(home, 'recordings'));
    expect(await client.moveData({ lease, to })).toEqual({ folder: to });
    const { folder, recordings } = await client.recordings();
    expect([folder, recordings.map(({ name }) => name)]).toEqual([join(to, 'recordings'), ['a.mcap']]);
    expect(existsSync(at('a.mcap'))).toBe(false);
    expect((await client.openRecording({ name: 'a.mcap' })).summary.rows).toBeGreaterThan(10);
    await client.start({ lease });
  } finally {
    rmSync(to, { recursive: true, force: true });
  }
});

test('what a control process was writing when it died is no longer being recorded', async () => {
  const client = here.join();
  writeFileSync(at('b.mcap.part'), episode.subarray(0, episode.length * 0.6));
  const stateOf = async () => (await client.recordings()).recordings.find(({ name }) => name === 'b.mcap.part')!.state;
  const recording = { file: at('b.mcap.part'), isOpen: true, safeSecondsAgo: 0, dropped: 0 };
  const told = new Promise((done) => client.on('recordings', done));
  here.controls[0]!.say({ kind: 'recording', recording } satisfies FromControl);
  await told;
  expect(await stateOf()).toBe('open');
  await expect(client.trashRecordings({ names: ['b.mcap.part'] })).rejects.toThrow(/being written/);
  const changed = new Promise((done) => client.on('recordings', done));
  here.controls[0]!.die();
  await changed;
  expect(await stateOf()).toBe('part');
  await client.trashRecordings({ names: ['b.mcap.part'] });
  expect(here.desktop.trashed).toEqual([at('b.mcap.part')]);
});

test('a loop that stopped by itself is stopped for everybody, with its reason', async () => {
  const client = here.join();
  while ((await client.snapshot()).status.state !== 'RUNNING') await new Promise((turn) => setImmediate(turn));
  const stopped = new Promise<string>((done) => client.on('status', ({ state, reason }) => state === 'STOPPED' && done(reason)));
  here.controls[0]!.say({ kind: 'halted', reason: 'It runs only while it is recorded.' } satisfies FromControl);
  expect(await stopped).toBe('It runs only while it is recorded.');
  expect(here.controls[0]!.received.at(-1)).toMatchObject({ kind: 'stop' });
});

test('a librarian that dies takes only what it was asked with it', async () => {
  const client = here.join();
  await client.recordings();
  here.librarians[0]!.hang();
  const lost = client.recordings();
  await new Promise((turn) => setImmediate(turn));
  here.librarians[0]!.die('ended (out of memory)');
  await expect(lost).rejects.toThrow(/The thread that reads recordings ended \(out of memory\)/);
  expect((await client.recordings()).recordings).toHaveLength(1);
  expect(here.librarians).toHaveLength(2);
});
