import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapIndexedReader } from '@mcap/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { replayEpisode } from '../../src/main/control/replay';
import { EpisodeFiles, leftPartsIn } from '../../src/main/storage/episodeFiles';
import { readEpisodeFile } from '../../src/main/storage/readEpisodeFile';
import { readHeader } from '../../src/shared/episodes/record';
import { episodeTable } from '../../src/main/storage/tables/episodeTable';
import { readMcapTable, topicsOfMcap } from '../../src/main/storage/tables/mcapTable';
import { FileRefused } from '../../src/shared/recordings/refusal';
import { recordInto } from '../support/recordedPendulum';

let folder = '';
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'upright-episodes-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const troubles: string[] = [];
function files(name = 'a run') {
  troubles.length = 0;
  return new EpisodeFiles(
    folder,
    ({ episode }) => `${name} episode ${episode + 1}`,
    (text) => troubles.push(text),
  );
}
async function recorded() {
  const sink = files();
  const { resolved, result } = await recordInto(sink, 'pendulum', { 'learning.episode': 2 }, 5);
  return { sink, resolved, result };
}

test('each episode becomes a file, which replays to the last bit', async () => {
  const { sink, resolved, result } = await recorded();
  expect(troubles).toEqual([]);
  expect(result.episodes.length).toBeGreaterThan(1);
  expect(sink.written).toEqual(result.episodes.map((_, i) => join(folder, `a run episode ${i + 1}.mcap`)));
  for (const file of sink.written) expect(replayEpisode(readEpisodeFile(file), resolved)).toMatchObject({ identical: true });
});
test('an independent reader finds the topics, schemas and counts that we claim', async () => {
  const { sink, result } = await recorded();
  const bytes = readFileSync(sink.written[0]!);
  const reader = await McapIndexedReader.Initialize({
    readable: {
      size: () => Promise.resolve(BigInt(bytes.length)),
      read: (from, length) => Promise.resolve(new Uint8Array(bytes.subarray(Number(from), Number(from + length)))),
    },
  });
  const topics = [...reader.channelsById.values()].map(({ topic, messageEncoding, schemaId }) => {
    const schema = reader.schemasById.get(schemaId)!;
    return [topic, messageEncoding, schema.name, schema.encoding];
  });
  expect(topics).toEqual([
    ['/telemetry', 'json', 'upright.Period', 'jsonschema'],
    ['/plan', 'json', 'upright.Plan', 'jsonschema'],
    ['/fan', 'json', 'upright.Fan', 'jsonschema'],
    ['/event', 'json', 'upright.Event', 'jsonschema'],
    ['/setting', 'json', 'upright.Setting', 'jsonschema'],
    ['/fault', 'json', 'upright.Fault', 'jsonschema'],
    ['/timing', 'json', 'upright.Timing', 'jsonschema'],
  ]);
  const counts = new Map<string, number>();
  let last = -1n;
  for await (const { channelId, logTime, data } of reader.readMessages()) {
    const { topic } = reader.channelsById.get(channelId)!;
    counts.set(topic, (counts.get(topic) ?? 0) + 1);
    expect(logTime).toBeGreaterThanOrEqual(last);
    last = logTime;
    JSON.parse(new TextDecoder().decode(data));
  }
  const { periods, plans, events, fanCount, timings } = readEpisodeFile(sink.written[0]!);
  expect(Object.fromEntries(counts)).toEqual({
    '/telemetry': periods.length,
    '/plan': plans.length,
    '/fan': fanCount,
    '/event': events.length,
    '/timing': timings.length,
  });
  expect(fanCount).toBeGreaterThan(5);
  expect([...new Set(events.map(({ kind }) => kind))]).toEqual(['model', 'firstPlan', 'end']);
  expect(periods.length).toBe(Math.round(result.episodes[0]!.seconds / 0.05) + 1);
  for await (const { name, metadata } of reader.readMetadata()) {
    if (name === 'upright')
      expect(readHeader(Object.fromEntries(metadata))).toMatchObject({ plant: 'pendulum', episode: 0, period: 0.05, software: 'test' });
  }
});
test('every topic becomes a table that says what it leaves out; that of the episode says how many fans it had', async () => {
  const { sink } = await recorded();
  const [path] = sink.written;
  const found = await topicsOfMcap(path!, () => {});
  expect(found.counts.map(([topic]) => topic).sort()).toEqual(['/event', '/fan', '/plan', '/telemetry', '/timing']);
  for (const [topic, messages] of found.counts) {
    const table = await readMcapTable(path!, topic, found, () => {});
    expect([topic, table.rows]).toEqual([topic, messages]);
    expect(table.losses[0]).toContain('other topics are left out');
  }
  const episode = readEpisodeFile(path!);
  expect(episodeTable(episode).losses[0]).toContain(`${episode.fanCount} fans`);
});
test('a name holds nothing that a system could take for a path', async () => {
  const sink = files('../a: "b"/ä 1');
  await recordInto(sink, 'pendulum', {}, 2);
  expect(sink.written).toEqual([join(folder, '.._a_ _b_ä 1 episode 1.mcap')]);
  expect(sink.bytes).toBe(statSync(sink.written[0]!).size);
});
test('parts that were left are known until they are made whole', async () => {
  for (const name of ['b.mcap.part', 'a.mcap.part', 'a.mcap', 'c.mcap', 'notes.part']) writeFileSync(join(folder, name), '');
  expect(await leftPartsIn(folder)).toEqual(['b.mcap.part']);
  expect(await leftPartsIn(join(folder, 'not there'))).toEqual([]);
});
test('a name that is taken gets a number, and nothing is written over', async () => {
  writeFileSync(join(folder, 'a run episode 1.mcap'), 'mine');
  writeFileSync(join(folder, 'a run episode 1_2.mcap.part'), 'mine too');
  const { sink } = await recorded();
  expect(sink.written[0]).toBe(join(folder, 'a run episode 1_3.mcap'));
  expect(readFileSync(join(folder, 'a run episode 1.mcap'), 'utf8')).toBe('mine');
  expect(readFileSync(join(folder, 'a run episode 1_2.mcap.part'), 'utf8')).toBe('mine too');
});
test('a run that stops in the middle leaves a part file, and so does one that begins anew', async () => {
  const sink = files();
  let periods = 0;
  const period: typeof sink.period = (one) => {
    if (++periods > 30) throw new Error('the machine died');
    sink.period(one);
  };
  const dying = {
    begin: sink.begin.bind(sink),
    period,
    plan: sink.plan.bind(sink),
    fan: sink.fan.bind(sink),
    event: sink.event.bind(sink),
    timing: sink.timing.bind(sink),
    end: sink.end.bind(sink),
  };
  await expect(recordInto(dying)).rejects.toThrow('the machine died');
  expect(readdirSync(folder)).toEqual(['a run episode 1.mcap.part']);
  expect(() => readEpisodeFile(join(folder, 'a run episode 1.mcap.part'))).toThrow(FileRefused);
});

describe('what cannot be written', () => {
  test('is said once an episode, and the run goes on', async () => {
    folder = join(folder, 'not there');
    const sink = files();
    const { result } = await recordInto(sink, 'pendulum', { 'learning.episode': 2 }, 5);
    expect(result.trainingSeconds).toBeGreaterThan(3);
    expect(sink.written).toEqual([]);
    expect(troubles).toHaveLength(result.episodes.length);
    expect(troubles[0]).toContain(folder);
  });
});
describe('what cannot be read is refused in words', () => {
  const refusal = (path: string) => {
    try {
      readEpisodeFile(path);
    } catch (error) {
      return (error as FileRefused).sentence;
    }
    return 'not refused';
  };
  test('a recording that was cut', async () => {
    const { sink } = await recorded();
    truncateSync(sink.written[0]!, 20_000);
    expect(refusal(sink.written[0]!)).toMatch(/ends in the middle.*upright recover/);
  });
  test('a recording with a flipped bit', async () => {
    const { sink } = await recorded();
    const bytes = readFileSync(sink.written[0]!);
    bytes[Math.floor(bytes.length / 2)]! ^= 4;
    writeFileSync(sink.written[0]!, bytes);
    expect(refusal(sink.written[0]!)).toMatch(/damaged.*upright recover/);
  });
  test('what is no recording, and no file', () => {
    const path = join(folder, 'x.mcap');
    expect(refusal(path)).toContain(path);
    writeFileSync(path, 'time,angle\n0,1\n');
    expect(refusal(path)).toContain(path);
  });
});

test('on a disk that is nearly full no episode is begun, and it says how much is wanted', async () => {
  const full = new EpisodeFiles(
    folder,
    () => 'run',
    (text) => troubles.push(text),
    () => 50e6,
  );
  troubles.length = 0;
  await recordInto(full, 'pendulum', {}, 2);
  expect(troubles).toEqual([`${folder}: 50 MB are left on the disk, and an episode is recorded with 200 MB or more. Make room.`]);
  expect(readdirSync(folder)).toEqual([]);
});
