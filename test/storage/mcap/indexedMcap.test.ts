import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { Opcode } from '@mcap/core';
import { McapChunkWriter } from '../../../src/main/storage/mcap/chunkWriter';
import { IndexedMcap } from '../../../src/main/storage/mcap/indexedMcap';
import { MAGIC, recordAt } from '../../../src/main/storage/mcap/records';
import { FileRefused } from '../../../src/shared/recordings/refusal';

const folder = mkdtempSync(join(tmpdir(), 'upright-indexed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'a.mcap');

/** Six messages of two topics in three chunks. */
function whole(): Buffer {
  const topics = ['/a', '/b'].map((topic) => ({ topic, schema: 'S', jsonSchema: { type: 'object' } }));
  const writer = new McapChunkWriter(topics, [{ name: 'm', values: { k: 'v' } }], 'test');
  const parts = [writer.head()];
  for (let i = 0; i < 6; i++) {
    writer.add(i < 4 ? 0 : 1, BigInt(10 * i), `{"i":${i}}`);
    if (i % 2 === 1) parts.push(writer.chunk()!);
  }
  parts.push(writer.end());
  return Buffer.concat(parts);
}
const FOOTER = 29;
/** The file with other records in its summary, and checksums that are right for them. */
function withSummary(bytes: Buffer, edit: (records: { opcode: number; bytes: Buffer }[]) => { bytes: Buffer }[]): Buffer {
  const footerAt = bytes.length - MAGIC.length - FOOTER;
  const start = Number(bytes.readBigUInt64LE(footerAt + 9));
  const summary = bytes.subarray(start, footerAt);
  const records: { opcode: number; bytes: Buffer }[] = [];
  for (let at = 0, next; (next = recordAt(summary, at)) !== undefined; at = next.end)
    records.push({ opcode: next.opcode, bytes: Buffer.from(summary.subarray(at, next.end)) });
  const edited = Buffer.concat(edit(records).map((record) => record.bytes));
  const footer = Buffer.from(bytes.subarray(footerAt, footerAt + FOOTER));
  footer.writeUInt32LE(crc32(footer.subarray(0, FOOTER - 4), crc32(edited)), FOOTER - 4);
  return Buffer.concat([bytes.subarray(0, start), edited, footer, MAGIC]);
}
function opened(bytes: Buffer): IndexedMcap {
  writeFileSync(path, bytes);
  return IndexedMcap.open(path);
}
const refusal = (bytes: Buffer): string => {
  try {
    opened(bytes).close();
  } catch (error) {
    if (error instanceof FileRefused) return error.sentence;
    throw error;
  }
  return expect.fail('It was not refused.');
};
const index = (bytes: Buffer, change: (content: Buffer) => void) =>
  withSummary(bytes, (records) => {
    change(records.find(({ opcode }) => opcode === Opcode.CHUNK_INDEX)!.bytes.subarray(9));
    return records;
  });

test('chunks, topics, counts and metadata are those that were written, and any chunk is read by itself', () => {
  const file = opened(whole());
  expect(file.chunks.map(({ topics }) => [...topics])).toEqual([['/a'], ['/a'], ['/b']]);
  expect([...file.counts]).toEqual([
    ['/a', 4],
    ['/b', 2],
  ]);
  expect(file.metadata.find(({ name }) => name === 'm')!.values).toEqual({ k: 'v' });
  const texts = file.messagesOf(file.chunks[1]!, new Set(['/a', '/b'])).map(({ data }) => data.toString());
  expect(texts).toEqual(['{"i":2}', '{"i":3}']);
  expect(file.messagesOf(file.chunks[2]!, new Set(['/a']))).toEqual([]);
  file.close();
});

describe('an index that is not true is refused in words', () => {
  test('the same chunk twice, which would be read again and again', () => {
    const twice = withSummary(whole(), (records) => {
      const one = records.find(({ opcode }) => opcode === Opcode.CHUNK_INDEX)!;
      return [...records, one];
    });
    expect(refusal(twice)).toMatch(/names bytes twice/);
  });
  test('a chunk beyond the end, before the beginning, or larger than a record may be', () => {
    for (const [at, value] of [
      [16, 1n << 40n],
      [16, 0n],
      [24, 1n << 50n],
      [24, 0n],
    ] as const)
      expect(refusal(index(whole(), (content) => content.writeBigUInt64LE(value, at)))).toMatch(/index names a chunk/);
  });
  test('a chunk that begins elsewhere is damage, said when it is read', () => {
    const file = opened(index(whole(), (content) => content.writeBigUInt64LE(content.readBigUInt64LE(16) + 1n, 16)));
    expect(() => file.chunks.map((chunk) => file.messagesOf(chunk, new Set(['/a'])))).toThrow(
      /^byte [\d,]+: no chunk stands where the index says one/,
    );
    file.close();
  });
  test('a summary that one bit has changed', () => {
    const bytes = whole();
    bytes[bytes.length - FOOTER - MAGIC.length - 5]! ^= 1;
    expect(refusal(bytes)).toMatch(/checksum of its summary is wrong/);
  });
  test('a file without an end', () => {
    expect(refusal(whole().subarray(0, -20))).toMatch(/was not ended/);
    expect(readFileSync(path).length).toBe(whole().length - 20);
  });
});
