import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { McapChunkWriter } from '../../../src/main/storage/mcap/chunkWriter';
import { damageSentence } from '../../../src/main/storage/mcap/damage';
import { readMcap } from '../../../src/main/storage/mcap/readMcap';
import { FileRefused } from '../../../src/shared/recordings/refusal';
import { generator } from './chance';
import { metadata, readAll, sample, START, topics } from './recording';

let folder = '';
let file = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'upright-mcap-'));
  file = join(folder, 'run7.mcap');
});
afterAll(() => rm(folder, { recursive: true }));

const read = (bytes: Uint8Array) => {
  writeFileSync(file, bytes);
  return readAll(file);
};
const brief = ({ topic, time, text }: { topic: string; time: bigint; text: string }) => ({ topic, time, text });
const { bytes, messages, edges } = sample();
const names = topics.map((topic, channel) => ({ ...topic, channel }));

test('a whole file is read whole', () => {
  const content = read(bytes);
  expect(content.all.map(brief)).toEqual(messages.map(brief));
  expect(content.all.every(({ verified }) => verified)).toBe(true);
  expect(content).toMatchObject({
    topics: names,
    metadata,
    headIsRight: true,
    messages: 24,
    unverified: 0,
    firstTime: START,
    damage: [],
    endsWith: 'footer',
    bytesLeftOver: 0,
  });
});

test('a file cut at every byte opens with every whole chunk before the cut, and says what is left over', () => {
  for (let cut = 0; cut < bytes.length; cut++) {
    const content = read(bytes.subarray(0, cut));
    const there = messages.filter(({ whole }) => whole <= cut);
    expect(content.all.map(brief), `cut at ${cut}`).toEqual(there.map(brief));
    expect(content.endsWith, `cut at ${cut}`).toBe('cut');
    expect(content.damage, `cut at ${cut}`).toEqual([]);
    if (there.length > 0) expect(content.topics).toEqual(names);
    const torn = messages.find(({ whole }) => whole > cut);
    const begins = Math.max(...edges.filter((edge) => edge <= cut));
    // within a chunk the loss is stated: the torn record, that it held messages, and until when if it still says so
    const inChunk = torn !== undefined && edges.includes(begins, 1) && edges[edges.indexOf(begins) + 1]! > torn.whole;
    if (inChunk && cut > begins) {
      expect(content.bytesLeftOver, `cut at ${cut}`).toBe(cut - begins);
      expect(content.tail.holdsMessages).toBe(true);
      if (cut >= begins + 25) expect(content.tail.claimedTime).toBe(torn.time + 30_000_000n);
    }
  }
});

test('one flipped bit at every byte costs one chunk at most, alters nothing, and keeps the order', () => {
  const chance = generator(7);
  let worst = 0;
  for (const whole of [bytes, bytes.subarray(0, edges.at(-2)!)])
    for (let at = 0; at < whole.length; at++) {
      const altered = Buffer.from(whole);
      altered[at]! ^= 1 << chance(8);
      const content = read(altered);
      const where = `a bit of byte ${at} of ${whole.length}`;
      const good = content.all.filter(({ verified }) => verified);
      expect(good.length, where).toBe(content.all.length);
      // each is one that was written, and they come in order
      let next = 0;
      for (const message of good) {
        const found = messages.findIndex((written, k) => k >= next && written.time === message.time);
        expect(found, where).toBeGreaterThanOrEqual(0);
        expect(brief(message), where).toEqual(brief(messages[found]!));
        next = found + 1;
      }
      const lost = messages.length - good.length;
      worst = Math.max(worst, lost);
      if (lost > 0) {
        const stated = content.damage.filter(({ holdsMessages }) => holdsMessages);
        expect(stated.length + Number(content.tail.holdsMessages), where).toBe(1);
      }
      // names and metadata are right, or it is said that they may not be
      if (good.length > 0) expect(content.topics, where).toEqual(names);
      const isSame = JSON.stringify(content.metadata) === JSON.stringify(metadata);
      if (!isSame) expect(content.headIsRight, where).not.toBe(true);
      if (whole === bytes) expect(content.damage.length + Number(content.endsWith === 'cut'), where).toBeGreaterThan(0);
    }
  expect(worst).toBe(4);
});

test('whatever is done to a file, what is given as good was written, and nothing but a refusal is thrown', () => {
  const chance = generator(99);
  const written = new Set(messages.map((message) => `${message.topic} ${message.time} ${message.text}`));
  const edits: readonly ((from: Buffer, at: number) => Uint8Array)[] = [
    (from, at) => from.fill(chance(256), at, at + 1),
    (from, at) => from.fill(0, at, Math.min(from.length, at + chance(300))),
    (from, at) => Buffer.concat([from.subarray(0, at), from.subarray(at + chance(200))]),
    (from, at) => Buffer.concat([from.subarray(0, at), from.subarray(chance(from.length), chance(from.length)), from.subarray(at)]),
    (from, at) => from.subarray(0, at + 1),
    (from, at) => {
      if (at + 8 <= from.length) from.writeBigUInt64LE(BigInt(chance(1 << 20)) ** 3n, at);
      return from;
    },
  ];
  for (let k = 0; k < 1500; k++) {
    let altered = Buffer.from(bytes);
    for (let edit = chance(6); edit >= 0 && altered.length > 0; edit--)
      altered = Buffer.from(edits[chance(edits.length)]!(altered, chance(altered.length)));
    writeFileSync(file, altered);
    try {
      for (const { topic, time, text, verified } of readAll(file).all)
        if (verified) expect(written.has(`${topic} ${time} ${text}`), `case ${k}`).toBe(true);
    } catch (error) {
      expect(error, `case ${k}`).toBeInstanceOf(FileRefused);
    }
  }
});

test('a damaged chunk is a hole between two times', () => {
  const altered = Buffer.from(bytes);
  altered[edges[3]! + 80]! ^= 1;
  const content = read(altered);
  expect(content.all.map(brief)).toEqual([...messages.slice(0, 8), ...messages.slice(12)].map(brief));
  expect(content.damage).toEqual([
    {
      fromByte: edges[3],
      toByte: edges[3]! + 9 + Number(altered.readBigUInt64LE(edges[3]! + 1)),
      reason: 'the checksum of a chunk is wrong',
      holdsMessages: true,
      timeBefore: messages[7]!.time,
      timeAfter: messages[12]!.time,
    },
  ]);
});

test('garbage between chunks, zeros at the end, a block of zeros, and chunks in another order', () => {
  const chance = generator(3);
  const garbage = Buffer.from(Array.from({ length: 5000 }, () => chance(256)));
  const between = read(Buffer.concat([bytes.subarray(0, edges[3]), garbage, bytes.subarray(edges[3]!)]));
  expect(between.all.map(brief)).toEqual(messages.map(brief));
  expect(between.damage[0]).toMatchObject({ fromByte: edges[3], toByte: edges[3]! + 5000 });

  const zeros = read(Buffer.concat([bytes.subarray(0, edges[4]), Buffer.alloc(4096)]));
  expect(zeros.all).toHaveLength(12);
  expect(zeros).toMatchObject({ endsWith: 'cut', bytesLeftOver: 4096 });
  expect(zeros.damage[0]!.reason).toBe('no record begins with 0x00');

  const block = Buffer.from(bytes);
  block.fill(0, edges[2]! + 10, edges[2]! + 522);
  expect(read(block).all.length).toBeGreaterThanOrEqual(messages.length - 8);

  const part = (k: number) => bytes.subarray(edges[k], edges[k + 1]);
  const reordered = read(Buffer.concat([part(0), part(2), part(1), part(3)]));
  expect(reordered.all.map(({ text }) => text)).toEqual(
    [...messages.slice(4, 8), ...messages.slice(0, 4), ...messages.slice(8, 12)].map(({ text }) => text),
  );
});

test('a record that claims 1 TB and a chunk that claims 1 GB are named with their byte, in bounded memory', () => {
  const huge = Buffer.alloc(9);
  huge[0] = 5;
  huge.writeBigUInt64LE(1n << 40n, 1);
  const before = process.memoryUsage().rss;
  const content = read(Buffer.concat([bytes.subarray(0, edges[2]), huge, bytes.subarray(edges[2]!, edges[4])]));
  expect(content.all).toHaveLength(12);
  expect(damageSentence(content.damage[0]!)).toBe(
    `byte ${edges[2]!.toLocaleString('en-US')}: a record claims 1 TB (limit 64 MB). The 9 bytes from there on are left out.`,
  );
  const bomb = Buffer.from(bytes);
  bomb.writeBigUInt64LE(1n << 30n, edges[2]! + 9 + 16);
  const bombed = read(bomb);
  expect(bombed.all).toHaveLength(20);
  expect(bombed.damage[0]).toMatchObject({ fromByte: edges[2], reason: 'a chunk claims 1 GB unpacked (limit 64 MB)' });
  expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
});

test('packed chunks are refused in words, and a bomb before that', () => {
  const chunk = (name: string, unpacked: bigint) => {
    const content = Buffer.alloc(40 + name.length + 100);
    content.writeBigUInt64LE(unpacked, 16);
    content.writeUInt32LE(1, 24);
    content.writeUInt32LE(name.length, 28);
    content.write(name, 32, 'latin1');
    content.writeBigUInt64LE(100n, 32 + name.length);
    const head = Buffer.alloc(9);
    head[0] = 6;
    head.writeBigUInt64LE(BigInt(content.length), 1);
    return Buffer.concat([bytes.subarray(0, edges[1]), head, content]);
  };
  writeFileSync(file, chunk('zstd', 1000n));
  expect(() => readMcap(file, undefined)).toThrow(`byte ${edges[1]}: a chunk is packed with zstd, and packed ones cannot be read yet.`);
  expect(read(chunk('lz4', 100_000n)).damage[0]!.reason).toBe('a chunk claims to unpack to 1000 times its size (limit 200)');
});

test('a chunk without a checksum is read and marked', () => {
  const bare = Buffer.from(bytes);
  bare.writeUInt32LE(0, edges[2]! + 9 + 24);
  const content = read(bare);
  expect(content).toMatchObject({ messages: 24, unverified: 4 });
  expect(content.all.filter(({ verified }) => !verified).map(brief)).toEqual(messages.slice(4, 8).map(brief));
});

test('a chunk may lie about what is inside it', () => {
  const writer = new McapChunkWriter(topics, [], 'x');
  const head = writer.head();
  writer.add(0, 1n, '{}');
  const chunk = Buffer.from(writer.chunk()!);
  // a checksum that is right over a channel that nobody described
  const other = new McapChunkWriter([...topics, { topic: 'late', schema: '', jsonSchema: {} }], [], 'x');
  other.head();
  other.add(2, 2n, '{}');
  other.chunk();
  other.add(2, 3n, '{}');
  const content = read(Buffer.concat([head, chunk, other.chunk()!]));
  expect(content.messages).toBe(1);
  expect(content.damage[0]!.reason).toBe('nothing says which topic 1 messages of a chunk have');
});

test('what is no recording is refused', () => {
  writeFileSync(file, 'time,angle\n0,1\n');
  expect(() => readMcap(file, undefined)).toThrow(/does not begin as MCAP files do/);
  expect(() => readMcap(join(folder, 'absent.mcap'), undefined)).toThrow('there is no such file.');
  expect(() => readMcap(folder, undefined)).toThrow(/is no file/);
});

test('10 MB of noise behind the magic are searched through, and nothing is found', () => {
  const noise = Buffer.alloc(10 << 20, 6);
  const chance = generator(11);
  for (let at = 0; at < noise.length; at += 3) noise[at] = chance(16);
  const content = read(Buffer.concat([bytes.subarray(0, 8), noise]));
  expect(content).toMatchObject({ messages: 0, endsWith: 'cut' });
});
