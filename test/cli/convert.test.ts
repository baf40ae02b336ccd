import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { McapWriter } from '@mcap/core';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { topicIds } from '../../src/shared/episodes/topics';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EpisodeFiles } from '../../src/main/storage/episodeFiles';
import { McapChunkWriter } from '../../src/main/storage/mcap/chunkWriter';
import { readMcap } from '../../src/main/storage/mcap/readMcap';
import { recordInto } from '../support/recordedPendulum';
import { call } from './calling';

let folder = '';
let episode = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'upright-convert-'));
  const sink = new EpisodeFiles(
    folder,
    ({ plant, episode: index }) => `${plant} ${index + 1}`,
    (text) => {
      throw new Error(text);
    },
  );
  await recordInto(sink, 'pendulum', { 'learning.episode': 4 }, 8);
  episode = sink.written[0]!;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const at = (name: string) => join(folder, name);
const convert = (from: string, to: string, ...more: string[]) => call(['convert', from, to, ...more, '--json', '--progress', 'none']);
async function done(from: string, to: string, ...more: string[]) {
  const { code, document } = await convert(from, to, ...more);
  expect(document.error).toBeUndefined();
  expect(code).toBe(0);
  return document as Record<string, unknown> & { losses: string[]; warnings: { code: string; text: string }[] };
}
function text(name: string, content: string | Uint8Array): string {
  writeFileSync(at(name), content);
  return at(name);
}
/** An MCAP file of others: JSON messages on topics. */
function mcap(name: string, messages: readonly (readonly [topic: string, time: bigint, text: string])[]): string {
  const names = [...new Set(messages.map(([topic]) => topic))];
  const writer = new McapChunkWriter(
    names.map((topic) => ({ topic, schema: '', jsonSchema: {} })),
    [{ name: 'robot', values: { serial: '7' } }],
    'somebody',
  );
  const pieces = [writer.head()];
  for (const [topic, time, json] of messages) writer.add(names.indexOf(topic), time, json);
  pieces.push(writer.chunk()!, writer.end());
  return text(name, Buffer.concat(pieces));
}

describe('an episode of ours', () => {
  test('is the same CSV by way of Parquet', async () => {
    await done(episode, at('straight.csv'));
    expect((await done(episode, at('way.parquet'))).losses).not.toContain('CSV');
    await done(at('way.parquet'), at('way.csv'));
    expect(readFileSync(at('way.csv'), 'utf8')).toBe(readFileSync(at('straight.csv'), 'utf8'));
  });
  test('is the same CSV by way of a table in MCAP', async () => {
    await done(at('way.parquet'), at('table.mcap'));
    await done(at('table.mcap'), at('table.csv'));
    expect(readFileSync(at('table.csv'), 'utf8')).toBe(readFileSync(at('straight.csv'), 'utf8'));
    const { firstTime, lastTime, messages } = readMcap(at('table.mcap'), () => {});
    expect(firstTime).toBe(0n);
    expect(lastTime).toBe(BigInt(messages - 1) * 50_000_000n);
  });
  test('is copied to MCAP as it is, whole or by topics, and replays', async () => {
    const all = await done(episode, at('copy.mcap'));
    expect(all).toMatchObject({ lossless: true, losses: [], topics: topicIds.length });
    const told = (path: string) => {
      const messages: unknown[] = [];
      const { metadata, topics } = readMcap(path, ({ topic, time, text: json }) => messages.push([topic, time, json]));
      return { messages, topics, metadata: metadata.filter(({ name }) => !name.startsWith('checksum')) };
    };
    expect(told(at('copy.mcap'))).toEqual(told(episode));
    expect((await call(['replay', at('copy.mcap')])).stdout).toContain('identical');
    const some = await done(episode, at('plans.mcap'), '--topics', '/plan,/event');
    expect(some).toMatchObject({
      lossless: false,
      topics: 2,
      losses: ['Topics that were not asked for are left out (/telemetry, /fan, /setting, /fault, /timing).'],
    });
    const wanted = (message: unknown) => ['/plan', '/event'].includes((message as string[])[0]!);
    expect(told(at('plans.mcap')).messages).toEqual(told(episode).messages.filter(wanted));
  });
  test('gives its plans as a table when they are asked for', async () => {
    await done(episode, at('plans.csv'), '--topics', '/plan');
    expect(readFileSync(at('plans.csv'), 'utf8').split('\n')[2]).toMatch(/^logTime,id,step,actsFrom,actions\.0,actions\.1,/);
  });
});

describe('MCAP of others', () => {
  const some = () =>
    mcap('others.mcap', [
      ['/state', 1_500_000_000n, '{"pose":{"angle":-0,"name":"up"},"list":[1,2],"ok":true,"maybe":"NaN"}'],
      ['/state', 2_500_000_000n, '{"pose":{"angle":0.1},"list":[1,null,3],"ok":false,"maybe":3,"12":{}}'],
      ['/other', 3_000_000_000n, '5'],
    ]);
  test('becomes dotted columns, the topic with most messages taken with a warning', async () => {
    const { losses, warnings, rows } = await done(some(), at('others.csv'));
    expect(rows).toBe(2);
    expect(readFileSync(at('others.csv'), 'utf8')).toBe(
      [
        '# title: /state',
        '# units: s,1,1,1,1,1,1,1',
        'logTime,pose.angle,pose.name,list.0,list.1,ok,maybe,list.2',
        '1.5,-0,up,1,2,true,NaN,',
        '2.5,0.1,,1,,false,3,3',
        '',
      ].join('\n'),
    );
    expect(warnings).toMatchObject([{ code: 'topicAssumed', text: expect.stringContaining('"/state" has most messages') as string }]);
    expect(losses).toEqual([
      'A table has one kind of row; other topics are left out (/other).',
      'Empty groups and lists have no column and are left out.',
      'CSV has no place for what else the file says of itself (robot.serial).',
    ]);
  });
  test('gives a value without a name when asked for its topic', async () => {
    await done(some(), at('value.csv'), '--topics', '/other');
    expect(readFileSync(at('value.csv'), 'utf8')).toContain('\nlogTime,value\n3,5\n');
  });
  test.each([
    ['two topics for a table', 'x.csv', '/state,/other', 2, 'A table has one kind of row'],
    ['a topic that is not there', 'x.csv', '/stat', 2, 'no topic "/stat"'],
    ['a topic twice', 'x.mcap', '/state,/state', 2, 'names a topic twice'],
  ])('refuses %s', async (_what, to, topics, exit, words) => {
    const { code, document } = await convert(some(), at(to), '--topics', topics);
    expect([code, document.error!.message]).toEqual([exit, expect.stringContaining(words)]);
    expect(existsSync(at(to))).toBe(false);
  });
  test.each([
    ['no JSON', '{"a":', 'is no JSON'],
    ['a list without end', `[${'0,'.repeat(2000)}0]`, 'more than 1024 fields'],
    ['groups in groups', `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`, 'more than 32 deep'],
    ['one name for two fields', '{"a.b":1,"a":{"b":2}}', 'two fields are called "a.b"'],
    ['a text without end', JSON.stringify({ a: 'x'.repeat(70_000) }), 'a text of 70000 characters'],
  ])('refuses %s with exit 3 and leaves nothing behind', async (_what, json, words) => {
    const before = readdirSync(folder).length;
    const { code, document } = await convert(mcap('hostile.mcap', [['/a', 0n, json]]), at('hostile.csv'));
    expect([code, document.error!.message]).toEqual([3, expect.stringContaining(words)]);
    rmSync(at('hostile.mcap'));
    expect(readdirSync(folder).length).toBe(before);
  });
});

describe('CSV', () => {
  test('of semicolons, decimal commas, a byte-order mark and CRLF becomes numbers', async () => {
    const from = text('german.csv', '\uFEFF# units: s;x\r\nt;w;leer;ja\r\n0,5;a,b;;true\r\n1;2;;false\r\n');
    const { warnings } = await done(from, at('german.parquet'));
    expect(warnings.map(({ text: said }) => said).join(' ')).toContain('decimal commas');
    await done(at('german.parquet'), at('german out.csv'));
    expect(readFileSync(at('german out.csv'), 'utf8').split('\n').slice(2)).toEqual(['t,w,leer,ja', '0.5,"a,b",,true', '1,2,,false', '']);
  });
  test('keeps words that only look like numbers', async () => {
    const from = text('words.csv', 'a,b,c\n0x10,12345678901234567890,1.50\n7,1,2\n');
    await done(from, at('words.mcap'));
    const rows: string[] = [];
    readMcap(at('words.mcap'), ({ text: json }) => rows.push(json));
    expect(rows).toEqual(['{"a":"0x10","b":"12345678901234567890","c":1.5}', '{"a":"7","b":"1","c":2}']);
  });
  test.each([
    ['a ragged row', 'a,b\n1\n', 'field is not the 2'],
    ['two columns of one name', 'a,a\n1,2\n', 'two columns called "a"'],
    ['too many columns', `${'a,'.repeat(1024)}b\n`, '1025 columns'],
    ['a header alone', 'a,b\n', 'without any row'],
  ])('refuses %s with exit 3', async (_what, content, words) => {
    const { code, document } = await convert(text('bad.csv', content), at('bad.parquet'));
    expect([code, document.error!.message]).toEqual([3, expect.stringContaining(words)]);
    expect(existsSync(at('bad.parquet'))).toBe(false);
  });
  test('takes no --topics', async () => {
    expect((await convert(at('words.csv'), at('x.csv'), '--topics', 'a')).code).toBe(2);
  });
});

test('a Parquet file that is damaged is refused in one sentence with its name', async () => {
  const whole = new Uint8Array(parquetWriteBuffer({ columnData: [{ name: 'a', data: [1, 2, 3], type: 'DOUBLE' }] }));
  const from = text('cut.parquet', whole.subarray(0, whole.length - 9));
  const { code, document } = await convert(from, at('cut.csv'));
  expect(code).toBe(3);
  expect(document.error).toMatchObject({ file: from, message: 'it does not begin and end as Parquet does.' });
  expect(existsSync(at('cut.csv'))).toBe(false);
});

describe('fit on Parquet', () => {
  const fit = (...files: string[]) => call(['fit', ...files, '--model', 'linear', '--steps', '1,5', '--json', '--progress', 'none']);
  beforeAll(async () => {
    for (const name of ['fit.csv', 'fit.parquet']) await done(episode, at(name));
  });

  test('needs no mapping, plant or period for what was converted from an episode', async () => {
    const { code, document } = await fit(at('fit.parquet'));
    expect(document.error).toBeUndefined();
    expect(code).toBe(0);
    expect(document).toMatchObject({ plant: 'pendulum', grid: { periodSeconds: 0.05 } });
  });
  test('finds in Parquet what it finds in the CSV of the same episode', async () => {
    const same = async (file: string, more: string[]) => {
      const { document } = await fit(file, '--plant', 'pendulum', '--period', '0.05', ...more);
      expect(document.error).toBeUndefined();
      return (document['errors'] as object[]).map((row) => ({ ...row, file: '' }));
    };
    const mapped = ['--map', 'time=time:s,angle=angle:rad:zero=up,action=action:Nm'];
    expect(await same(at('fit.parquet'), [])).toEqual(await same(at('fit.csv'), []));
    expect(await same(`${at('fit.parquet')}@0.5:2.5`, mapped)).toEqual(await same(`${at('fit.csv')}@0.5:2.5`, mapped));
  });
  test('refuses a gap with its row and column, and a column of words', async () => {
    const columns = {
      time: { data: [0, 0.1, 0.2, 0.3], type: 'DOUBLE' as const },
      angle: { data: [0, null, 0.2, 0.3], type: 'DOUBLE' as const, nullable: true },
      action: { data: ['a', '1', '2', '3'], type: 'STRING' as const },
    };
    const columnData = Object.entries(columns).map(([name, one]) => ({ name, ...one }));
    const from = text('gap.parquet', new Uint8Array(parquetWriteBuffer({ columnData })));
    const { code, document } = await fit(from, '--plant', 'pendulum', '--map', 'time=time:s,angle=angle:rad:zero=up,action=action:Nm');
    expect(code).toBe(3);
    expect(document.error).toMatchObject({ file: from, line: 2, column: 2, message: 'a missing value is not a number (angle).' });
    const other = await fit(from, '--plant', 'pendulum', '--map', 'time=time:s,angl=angle:rad:zero=up,action=action:Nm');
    expect(other.document.error!.message).toContain('has no column "angl"');
  });
  test('refuses a table that says it is of an episode and has a period or plant of nobody', async () => {
    const said = { format: 'upright episode', version: '1', channels: '[]', costs: '[]', setup: '{}', plan: '{}', rig: '""', episode: '0' };
    for (const [plant, period, words] of [
      ['"pendulum"', '1e-9', 'its period is none'],
      ['"toString"', '0.02', 'its plant is none'],
      ['"pendulum"', '"soon"', 'no number of seconds'],
    ]) {
      const kvMetadata = Object.entries({ ...said, plant, period, action: '{}' }).map(([key, value]) => ({ key, value: value! }));
      const columnData = [{ name: 'time', data: [0, 1], type: 'DOUBLE' as const }];
      const from = text('claims.parquet', new Uint8Array(parquetWriteBuffer({ columnData, kvMetadata })));
      const { code, document } = await fit(from);
      expect([code, document.error!.message]).toEqual([3, expect.stringContaining(words!)]);
    }
  });
  test('takes columns of a partner from Parquet too', async () => {
    const table = (name: string, column: string, values: readonly number[]) => {
      const columnData = [
        { name: 'time', data: values.map((_, i) => i * 0.02), type: 'DOUBLE' as const },
        { name: column, data: [...values], type: 'DOUBLE' as const },
      ];
      return text(name, new Uint8Array(parquetWriteBuffer({ columnData })));
    };
    const swing = Array.from({ length: 200 }, (_, i) => 0.3 * Math.cos(i * 0.1));
    const from = table('run_measured.parquet', 'angle', swing);
    table(
      'run_desired.parquet',
      'torque',
      swing.map((angle) => -angle),
    );
    const map = ['--map', 'time=time:s,angle=angle:rad:zero=up,desired.torque=action:Nm'];
    const { document } = await fit(from, '--plant', 'pendulum', ...map, '--partner', 'desired=_measured:_desired');
    expect(document.error).toBeUndefined();
    expect(document['files']).toMatchObject([{ actionColumn: 'desired.torque' }]);
  });
});

/** A file as other programs write it: a topic that is no JSON, an attachment, times of publishing of their own. */
async function othersMcap(name: string): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0n;
  const write = (bytes: Uint8Array) => {
    pieces.push(bytes.slice());
    size += BigInt(bytes.length);
    return Promise.resolve();
  };
  const writer = new McapWriter({ writable: { position: () => size, write } });
  await writer.start({ profile: 'ros2', library: 'somebody' });
  const schemaId = await writer.registerSchema({ name: 'Pose', encoding: 'jsonschema', data: Buffer.from('{"type":"object"}') });
  const channel = (topic: string, messageEncoding: string) =>
    writer.registerChannel({ schemaId, topic, messageEncoding, metadata: new Map() });
  const [json, packed] = [await channel('/pose', 'json'), await channel('/image', 'protobuf')];
  for (let i = 0; i < 3; i++) {
    const logTime = 1_700_000_000_123_456_789n + BigInt(i) * 20_000_000n;
    const message = { sequence: i, logTime, publishTime: logTime - 5n };
    await writer.addMessage({ ...message, channelId: json, data: Buffer.from(`{"angle":${i}}`) });
    await writer.addMessage({ ...message, channelId: packed, data: Buffer.from([1, 2, 3]) });
  }
  await writer.addAttachment({ name: 'photo', logTime: 0n, createTime: 0n, mediaType: 'image/png', data: Buffer.from([1]) });
  await writer.end();
  return text(name, Buffer.concat(pieces));
}

describe('a file of another program', () => {
  test('says what a table of it loses: packed topics, attachments, digits of the time', async () => {
    const { losses, warnings } = await done(await othersMcap('ros.mcap'), at('ros.parquet'));
    expect(losses).toEqual([
      'A table has one kind of row; other topics are left out (/image).',
      '1 attachment is left out.',
      'Times of the log have more digits than a number holds; logTime is rounded, by less than a microsecond.',
    ]);
    expect(warnings).toEqual([]);
  });
  test('is copied with its topics of JSON, and what is not copied is told', async () => {
    const { losses, topics, rows } = await done(await othersMcap('ros.mcap'), at('ros copy.mcap'));
    expect([topics, rows]).toEqual([1, 3]);
    expect(losses).toHaveLength(3);
    const times: bigint[] = [];
    const copy = readMcap(at('ros copy.mcap'), ({ time }) => times.push(time));
    expect(times).toEqual([0n, 1n, 2n].map((i) => 1_700_000_000_123_456_789n + i * 20_000_000n));
    expect(copy.topics).toMatchObject([{ topic: '/pose', schema: 'Pose', jsonSchema: { type: 'object' } }]);
  });
});

describe('a conversion that does not end', () => {
  const leaves = async (to: string, signal?: AbortSignal) => {
    const before = readdirSync(folder);
    const { code, document } = await call(
      ['convert', episode, at(to), '--json', '--progress', 'none'],
      signal === undefined ? {} : { signal },
    );
    expect(readdirSync(folder)).toEqual(before);
    return { code, document };
  };
  test.each(['stop.csv', 'stop.parquet', 'stop.mcap'])('leaves nothing behind when it is cancelled: %s', async (to) => {
    const { code, document } = await leaves(to, AbortSignal.abort());
    expect(document['cancelled']).toBe(true);
    expect(code).toBe(130);
  });
  test('says where it may not write', async () => {
    const { code, document } = await leaves(join('words.csv', 'inside.csv'));
    expect(code).toBe(4);
    expect(document.error).toMatchObject({ message: expect.stringContaining('words.csv') as string });
  });
});
