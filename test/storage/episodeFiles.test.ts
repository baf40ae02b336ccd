import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapIndexedReader } from '@mcap/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readMcap } from '../../src/main/storage/mcap/readMcap';
import { realFileCalls, type FileCalls } from '../../src/main/storage/mcap/partFile';
import { repair } from '../../src/main/storage/mcap/repair';
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

describe('a disk that fails in the middle', () => {
  const failure = (code: string) => Object.assign(new Error(code), { code });
  /** Calls of the file system of which one fails from its n-th time on. */
  const failing = (call: 'write' | 'sync' | 'rename', from: number, code: string): FileCalls => {
    let calls = 0;
    const fails = () => ++calls >= from;
    return {
      ...realFileCalls,
      ...(call === 'write' && {
        write: (...given: Parameters<FileCalls['write']>) => {
          if (fails()) throw failure(code);
          return realFileCalls.write(...given);
        },
      }),
      ...(call === 'sync' && {
        sync: (file: number) => {
          if (fails()) throw failure(code);
          realFileCalls.sync(file);
        },
      }),
      ...(call === 'rename' && {
        rename: (a: string, b: string) => {
          if (fails()) throw failure(code);
          realFileCalls.rename(a, b);
        },
      }),
    };
  };
  const run = async (calls: FileCalls) => {
    troubles.length = 0;
    const sink = new EpisodeFiles(
      folder,
      ({ episode }) => `episode ${episode + 1}`,
      (text) => troubles.push(text),
      () => Infinity,
      calls,
    );
    const { result } = await recordInto(sink, 'pendulum', { 'learning.episode': 2 }, 5);
    return { sink, result };
  };

  test('full: it says which file, how much of it is kept, why and what to do; what is kept is whole, and learning went on', async () => {
    const { sink, result } = await run(failing('write', 3, 'ENOSPC'));
    expect(result.episodes.length).toBeGreaterThan(1);
    expect(sink.written).toEqual([]);
    expect(troubles[0]).toMatch(
      /^.*episode 1\.mcap\.part: writing ended after \d+ bytes: the disk is full\. Make room, or .*\. Its first \d\.\d\d s are kept\.$/,
    );
    const kept = Number(/first ([\d.]+) s/.exec(troubles[0]!)![1]);
    const { messages, damage, lastTime, firstTime } = readMcap(join(folder, 'episode 1.mcap.part'), () => {});
    expect([damage, messages > 5]).toEqual([[], true]);
    expect(Number(lastTime! - firstTime!) / 1e9).toBeCloseTo(kept, 6);
  });
  test.each([
    ['EROFS', /the disk is read-only\. Choose a folder/],
    ['EIO', /the disk reports an error\. Choose a folder on another disk/],
    ['ENODEV', /ENODEV/],
  ])('%s in the middle ends the recording of this episode alone, with a sentence', async (code, words) => {
    const calls = failing('write', 3, code);
    const { result } = await run(calls);
    expect(result.episodes.length).toBeGreaterThan(1);
    expect(troubles[0]).toMatch(words);
  });
  test.each(['sync', 'rename'] as const)('one that fails at the end (%s) leaves the part, which is recovered', async (call) => {
    const { sink } = await run(failing(call, 1, 'EIO'));
    expect(sink.written).toEqual([]);
    expect(troubles[0]).toMatch(/episode 1\.mcap/);
    const { repaired, state, lost } = await repair(join(folder, 'episode 1.mcap.part'), { library: 'test' });
    // every byte had been written: only its name is missing
    expect([state, repaired, lost]).toEqual(['whole', undefined, []]);
  });
});
