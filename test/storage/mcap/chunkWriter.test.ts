import { crc32 } from 'node:zlib';
import { McapStreamReader, type McapTypes } from '@mcap/core';
import { expect, test } from 'vitest';
import { McapChunkWriter } from '../../../src/main/storage/mcap/chunkWriter';
import { HEAD_CHECKSUM } from '../../../src/main/storage/mcap/limits';
import { indexed, indexedMessages, metadata, sample, START, topics } from './recording';

test("the library's indexed reader finds the topics, schemas and counts that were written", async () => {
  const { bytes, messages } = sample();
  const reader = await indexed(bytes);
  expect([...reader.channelsById.values()].map(({ id, topic, messageEncoding }) => [id, topic, messageEncoding])).toEqual([
    [0, 'state', 'json'],
    [1, 'event', 'json'],
  ]);
  const schemas = [...reader.schemasById.values()];
  expect(schemas.map(({ name, encoding }) => [name, encoding])).toEqual([
    ['Row', 'jsonschema'],
    ['Event', 'jsonschema'],
  ]);
  expect(schemas.map(({ data }) => JSON.parse(new TextDecoder().decode(data)) as object)).toEqual(topics.map((topic) => topic.jsonSchema));
  expect(reader.statistics).toMatchObject({ messageCount: 24n, chunkCount: 6, channelCount: 2, schemaCount: 2, metadataCount: 2 });
  expect(reader.statistics?.channelMessageCounts).toEqual(
    new Map([
      [0, 18n],
      [1, 6n],
    ]),
  );
  expect(reader.statistics).toMatchObject({ messageStartTime: START, messageEndTime: messages.at(-1)!.time });
  expect(await indexedMessages(bytes)).toEqual(messages.map(({ topic, time, text }) => ({ topic, time, text })));
});

test('a window of time is found through the index', async () => {
  const reader = await indexed(sample(20).bytes);
  const sequences = [];
  for await (const { sequence } of reader.readMessages({ startTime: START + 300_000_000n, endTime: START + 340_000_000n }))
    sequences.push(sequence);
  expect(sequences).toEqual([30, 31, 32, 33, 34]);
});

test('the checksums of data section, chunks and head are right', () => {
  const { bytes } = sample();
  const reader = new McapStreamReader({ validateCrcs: true });
  reader.append(bytes);
  const records: McapTypes.TypedMcapRecord[] = [];
  for (let record; (record = reader.nextRecord()) !== undefined;) records.push(record);
  expect(reader.done()).toBe(true);
  const dataEnd = records.find(({ type }) => type === 'DataEnd') as McapTypes.TypedMcapRecords['DataEnd'];
  const footer = records.at(-1) as McapTypes.TypedMcapRecords['Footer'];
  const dataBytes = Number(footer.summaryStart) - 13;
  expect(dataEnd.dataSectionCrc).toBe(crc32(bytes.subarray(0, dataBytes)));
  const checksum = records.find(({ type, ...rest }) => type === 'Metadata' && 'name' in rest && rest.name === HEAD_CHECKSUM);
  const covered = bytes.indexOf(HEAD_CHECKSUM) - 13; // opcode, length, length of the name
  expect((checksum as McapTypes.TypedMcapRecords['Metadata']).metadata.get('crc32')).toBe(
    crc32(bytes.subarray(0, covered)).toString(16).padStart(8, '0'),
  );
});

test('metadata is found by its index, and groups by their offsets', async () => {
  const reader = await indexed(sample().bytes);
  const found = [];
  for await (const { name, metadata: values } of reader.readMetadata({ name: 'setup' })) found.push([name, Object.fromEntries(values)]);
  expect(found).toEqual([['setup', metadata[0]!.values]]);
  expect(reader.summaryOffsetsByOpcode.size).toBe(5);
});

test('nothing waits, nothing is written; a file without messages is whole', async () => {
  const writer = new McapChunkWriter(topics, [], 'upright');
  const head = writer.head();
  expect(writer.chunk()).toBeUndefined();
  expect(writer.waiting).toBe(0);
  expect(await indexedMessages(Buffer.concat([head, writer.end()]))).toEqual([]);
});

test('topics with one schema share it, a topic may have none, and sequence counts over all topics', async () => {
  const writer = new McapChunkWriter(
    [topics[0]!, { ...topics[0]!, topic: 'other' }, { topic: 'plain', schema: '', jsonSchema: {} }],
    [],
    'upright',
  );
  const parts = [writer.head()];
  for (let k = 0; k < 300; k++) {
    writer.add(k % 3, BigInt(k), `${k}`);
    parts.push(writer.chunk()!);
  }
  const reader = await indexed(Buffer.concat([...parts, writer.end()]));
  expect([...reader.channelsById.values()].map(({ schemaId }) => schemaId)).toEqual([1, 1, 0]);
  const sequences = [];
  for await (const { sequence } of reader.readMessages()) sequences.push(sequence);
  expect(sequences).toEqual(Array.from({ length: 300 }, (_, k) => k));
});

test('arrays that were handed out are not written into again', () => {
  const writer = new McapChunkWriter(topics, [], 'upright');
  const head = writer.head();
  const before = Buffer.from(head).toString('hex');
  writer.add(0, 1n, '{}');
  writer.chunk();
  expect(Buffer.from(head).toString('hex')).toBe(before);
});

test('what no recording can hold is refused in words', () => {
  const writer = new McapChunkWriter(topics, [], 'upright');
  expect(() => writer.add(2, 0n, '{}')).toThrow('There is no topic 2; there are 2.');
  expect(() => writer.add(0, -1n, '{}')).toThrow(/no time/);
  expect(() => writer.add(0, 1n << 64n, '{}')).toThrow(/no time/);
  expect(() => writer.add(0, 0n, 'x'.repeat(40 << 20))).toThrow(/too large/);
  writer.add(0, 0n, '{}');
  expect(() => writer.end()).toThrow('1 messages wait for their chunk.');
});
