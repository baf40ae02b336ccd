import { mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { realFileCalls, type FileCalls } from '../../../src/main/storage/mcap/partFile';
import { leftoversIn, repair } from '../../../src/main/storage/mcap/repair';
import { indexedMessages, metadata, readAll, sample, topics } from './recording';

let root = '';
let folder = '';
let count = 0;
beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'upright-repair-'))));
beforeEach(() => mkdirSync((folder = join(root, String(count++)))));
afterAll(() => rm(root, { recursive: true }));

const { bytes, edges, messages } = sample();
const brief = ({ topic, time, text }: { topic: string; time: bigint; text: string }) => ({ topic, time, text });
const options = { library: 'upright 0.1.0' };
const put = (name: string, content: Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const everything = () => readdirSync(folder).map((name) => [name, readFileSync(join(folder, name)).toString('base64')]);
/** Cut within the fifth chunk, and a flipped bit in the second. */
function damaged(): Buffer {
  const altered = Buffer.from(bytes.subarray(0, edges[5]! + 60));
  altered[edges[2]! + 90]! ^= 4;
  return altered;
}

test('a whole file needs no repair', async () => {
  const file = put('run.mcap', bytes);
  expect(await repair(file, options)).toMatchObject({ file, state: 'whole', repaired: undefined, messages: 24, lost: [], lostSeconds: 0 });
  expect(readdirSync(folder)).toEqual(['run.mcap']);
});

test('a cut and damaged part becomes a whole file with what is good, which says what is lost', async () => {
  const file = put('run.mcap.part', damaged());
  const result = await repair(file, options);
  expect(result).toMatchObject({
    file,
    repaired: join(folder, 'run.mcap'),
    state: 'repaired',
    messages: 12,
    lostSeconds: 0.09,
    lost: [
      { fromSeconds: 0.03, toSeconds: 0.08, reason: 'the checksum of a chunk is wrong' },
      { fromSeconds: 0.15, toSeconds: 0.19, reason: 'the file ends in the middle of a chunk' },
    ],
    bytesLeftOver: 60,
    wasRepairedBefore: false,
  });
  expect(readFileSync(file).equals(damaged())).toBe(true);
  expect(readdirSync(folder).sort()).toEqual(['run.mcap', 'run.mcap.part']);
  const wanted = [...messages.slice(0, 4), ...messages.slice(8, 16)].map(brief);
  expect(await indexedMessages(readFileSync(result.repaired!))).toEqual(wanted);
  const repaired = readAll(result.repaired!);
  expect(repaired).toMatchObject({ endsWith: 'footer', damage: [], headIsRight: true, messages: 12 });
  expect(repaired.topics).toEqual(topics.map((topic, channel) => ({ ...topic, channel })));
  expect(repaired.metadata[0]).toEqual(metadata[0]);
  expect(repaired.metadata[1]).toMatchObject({
    name: 'recovered',
    values: { source: 'run.mcap.part', sourceBytes: String(damaged().length), messages: '12', lostSeconds: '0.09', bytesLeftOver: '60' },
  });
  expect(JSON.parse(repaired.metadata[1]!.values.lost!)).toEqual(result.lost);
});

test('repairing twice changes nothing and says the same', async () => {
  const file = put('run.mcap.part', damaged());
  const first = await repair(file, options);
  const before = everything();
  const second = await repair(file, options);
  expect(second).toEqual({ ...first, wasRepairedBefore: true });
  expect(everything()).toEqual(before);
});

test('a repair that is killed at any of its calls is begun anew, and ends as if nothing had been', async () => {
  const file = put('run.mcap.part', damaged());
  await repair(file, options);
  const wanted = everything();
  let died = true;
  for (let nth = 1; died; nth++) {
    await rm(join(folder, 'run.mcap'));
    died = false;
    let calls = 0;
    // from the n-th call on nothing happens any more, as for a process that is gone
    const dying = new Proxy(realFileCalls, {
      get: (real, name: keyof FileCalls) =>
        typeof real[name] !== 'function' || name === 'exists'
          ? real[name]
          : (...all: unknown[]) => {
              if (++calls >= nth) {
                died = true;
                throw new Error('gone');
              }
              return (real[name] as (...all: unknown[]) => unknown)(...all);
            },
    });
    await repair(file, { ...options, calls: dying }).catch((error: unknown) => expect(String(error)).toMatch(/gone/));
    const after = await repair(file, options);
    expect(after).toMatchObject({ state: 'repaired', repaired: join(folder, 'run.mcap'), messages: 12 });
    expect(everything(), `killed at call ${nth}`).toEqual(wanted);
  }
});

test('names that are taken are not written over, and an earlier repair of other bytes is another file', async () => {
  put('run.mcap', bytes);
  const file = put('run.mcap.part', damaged());
  expect((await repair(file, options)).repaired).toBe(join(folder, 'run repaired.mcap'));
  const longer = put('run.mcap.part', bytes.subarray(0, edges[6]));
  expect((await repair(longer, options)).repaired).toBe(join(folder, 'run repaired 2.mcap'));
  expect(readFileSync(join(folder, 'run.mcap')).equals(bytes)).toBe(true);
});

test('into another folder, which is made', async () => {
  const file = put('run.mcap', bytes.subarray(0, edges[4]));
  const to = join(folder, 'deep', 'er');
  const result = await repair(file, { ...options, toFolder: to });
  expect(result).toMatchObject({ repaired: join(to, 'run.mcap'), messages: 12, lost: [], bytesLeftOver: 0 });
  expect(readdirSync(folder).sort()).toEqual(['deep', 'run.mcap']);
});

test('a damaged index alone loses nothing, and is mended', async () => {
  const altered = Buffer.from(bytes);
  altered[edges[3]! - 3]! ^= 1; // in the message index of the second chunk
  const result = await repair(put('run.mcap', altered), options);
  expect(result).toMatchObject({ state: 'repaired', messages: 24, lost: [], lostSeconds: 0 });
  expect(result.findings[0]).toMatch(/every chunk is right/);
  expect(await indexedMessages(readFileSync(result.repaired!))).toHaveLength(24);
});

test('a head alone is repaired to a file without messages; less than a topic is unreadable', async () => {
  expect(await repair(put('a.mcap.part', bytes.subarray(0, edges[1])), options)).toMatchObject({ state: 'repaired', messages: 0 });
  for (const [name, content] of [
    ['b.mcap', bytes.subarray(0, 20)],
    ['c.mcap', Buffer.alloc(0)],
    ['d.mcap', Buffer.from('time,angle\n0,1\n')],
  ] as const) {
    const file = put(name, content);
    const result = await repair(file, options);
    expect(result).toMatchObject({ state: 'unreadable', repaired: undefined, messages: 0 });
    expect(result.reason).toContain(file);
  }
});

test('a disk that is full while repairing is said in words, and the original is untouched', async () => {
  const file = put('run.mcap.part', damaged());
  const calls: FileCalls = { ...realFileCalls, write: () => 0 };
  await expect(repair(file, { ...options, calls })).rejects.toThrow(/writing ended after 0 bytes: the disk is full\. Make room/);
  expect(readFileSync(file).equals(damaged())).toBe(true);
});

test('a repair can be ended between two steps', async () => {
  const big = sample(3000, 40).bytes;
  expect(big.length).toBeGreaterThan(9e6);
  const file = put('big.mcap.part', big.subarray(0, big.length - 5));
  const end = new AbortController();
  const work = repair(file, { ...options, signal: end.signal, onProgress: () => end.abort() });
  await expect(work).rejects.toThrow();
  expect(readdirSync(folder)).toEqual(['big.mcap.part']);
});

test('a folder means its parts and the recordings without an end', () => {
  put('b.mcap', bytes.subarray(0, edges[3]));
  put('a.mcap.part', bytes);
  put('whole.mcap', bytes);
  put('notes.txt', bytes);
  mkdirSync(join(folder, 'c.mcap'));
  expect(leftoversIn(folder)).toEqual([join(folder, 'a.mcap.part'), join(folder, 'b.mcap')]);
  expect(statSync(join(folder, 'b.mcap')).size).toBe(edges[3]);
});
