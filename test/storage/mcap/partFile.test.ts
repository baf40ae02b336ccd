import { closeSync, existsSync, fstatSync, mkdirSync, mkdtempSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { PartFile, realFileCalls, WritingFailed, type FileCalls } from '../../../src/main/storage/mcap/partFile';
import { readAll, sample } from './recording';

let root = '';
let folder = '';
let count = 0;
beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'upright-part-'))));
beforeEach(() => mkdirSync((folder = join(root, String(count++)))));
afterAll(() => rm(root, { recursive: true }));

const failure = (code: string) => Object.assign(new Error(`${code}: as asked for`), { code });
/** A disk with room for so many bytes, which takes at most `most` of them at once. */
function smallDisk(room: number, most = Infinity): FileCalls {
  return {
    ...realFileCalls,
    write(file, bytes, from, length, position) {
      const fits = Math.min(length, most, room - position);
      if (fits <= 0) throw failure('ENOSPC');
      return realFileCalls.write(file, bytes, from, fits, position);
    },
  };
}
const bytesOf = (text: string) => new TextEncoder().encode(text);

test('a file grows as a part and gets its name when it is closed', async () => {
  const part = PartFile.create(folder, 'run');
  expect(readdirSync(folder)).toEqual(['run.mcap.part']);
  part.append(bytesOf('one '));
  part.append(bytesOf('two'));
  expect(part.bytes).toBe(7);
  await part.sync();
  expect(part.close()).toBe(join(folder, 'run.mcap'));
  expect(readdirSync(folder)).toEqual(['run.mcap']);
  expect(readFileSync(join(folder, 'run.mcap'), 'utf8')).toBe('one two');
  expect(() => part.append(bytesOf('x'))).toThrow(/is closed/);
});

test('a name that is taken, a folder that is not there and a name that is a path are refused in words', () => {
  writeFileSync(join(folder, 'a.mcap'), '');
  writeFileSync(join(folder, 'b.mcap.part'), '');
  expect(() => PartFile.create(folder, 'a')).toThrow(
    `${join(folder, 'a.mcap')}: a file of this name is there already. Choose another name.`,
  );
  expect(() => PartFile.create(folder, 'b')).toThrow(/was begun and not ended\. Recover it/);
  expect(() => PartFile.create(join(folder, 'absent'), 'c')).toThrow(/there is no such folder\. Make it, or choose another one\./);
  const forbidden: FileCalls = {
    ...realFileCalls,
    create() {
      throw failure('EACCES');
    },
  };
  expect(() => PartFile.create(folder, 'c', forbidden)).toThrow(/the folder may not be written\. Choose a folder that you may write to\./);
  for (const name of ['', '../c', 'a/b', 'a\\b']) expect(() => PartFile.create(folder, name)).toThrow(RangeError);
});

test('short writes are gone on with until all is written', () => {
  const part = PartFile.create(folder, 'run', smallDisk(Infinity, 3));
  part.append(bytesOf('a long sentence'));
  part.append(bytesOf(' and more'));
  expect(readFileSync(part.close(), 'utf8')).toBe('a long sentence and more');
});

test('a disk that is full, wherever that happens, leaves the file at its last whole append, and room later is used', () => {
  const { bytes, edges, messages } = sample(3);
  const parts = edges.slice(0, -1).map((edge, k) => bytes.subarray(edge, edges[k + 1]));
  for (let room = edges[1]!; room < bytes.length; room += 7) {
    const disk = smallDisk(room, 100);
    const calls: FileCalls = { ...disk };
    const name = `full ${room}`;
    const part = PartFile.create(folder, name, calls);
    let written = 0;
    const write = () => {
      for (const piece of parts) {
        part.append(piece);
        written++;
      }
    };
    expect(write).toThrow(/: the disk is full\. Make room, or choose a folder on another disk\./);
    const path = join(folder, `${name}.mcap.part`);
    expect(readFileSync(path).equals(bytes.subarray(0, edges[written]))).toBe(true);
    const content = readAll(path);
    expect(content.bytesLeftOver).toBe(0);
    expect(content.messages).toBe(messages.filter(({ whole }) => whole <= edges[written]!).length);
    calls.write = (...all) => realFileCalls.write(...all);
    for (const piece of parts.slice(written)) part.append(piece);
    expect(readFileSync(part.close()).equals(bytes)).toBe(true);
  }
});

test('a disk that takes nothing and says nothing is full', () => {
  const part = PartFile.create(folder, 'run', { ...realFileCalls, write: () => 0 });
  expect(() => part.append(bytesOf('x'))).toThrow(/the disk is full/);
  part.abandon();
});

test('a cut that fails too is overwritten by the next append', () => {
  const calls: FileCalls = {
    ...smallDisk(5),
    truncate() {
      throw failure('EIO');
    },
  };
  const part = PartFile.create(folder, 'run', calls);
  part.append(bytesOf('abc'));
  expect(() => part.append(bytesOf('defgh'))).toThrow(WritingFailed);
  calls.write = (...all) => realFileCalls.write(...all);
  part.append(bytesOf('DEFGH'));
  expect(readFileSync(part.close(), 'utf8')).toBe('abcDEFGH');
});

test('a sync that fails is said, asynchronously while recording and at the end', async () => {
  const part = PartFile.create(folder, 'run', {
    ...realFileCalls,
    syncData: (_, done) => done(failure('EIO')),
    sync() {
      throw failure('EIO');
    },
  });
  part.append(bytesOf('abc'));
  await expect(part.sync()).rejects.toThrow(/the disk did not confirm what was written: the disk reports an error/);
  expect(() => part.close()).toThrow(/the disk did not confirm/);
  expect(readdirSync(folder)).toEqual(['run.mcap.part']);
});

test('a file that somebody made meanwhile is not written over', () => {
  const part = PartFile.create(folder, 'run');
  part.append(bytesOf('abc'));
  writeFileSync(join(folder, 'run.mcap'), 'theirs');
  expect(() => part.close()).toThrow(/has been made meanwhile/);
  expect(readFileSync(join(folder, 'run.mcap'), 'utf8')).toBe('theirs');
  expect(readFileSync(join(folder, 'run.mcap.part'), 'utf8')).toBe('abc');
});

test('the folder is synced when the file is made and when it is named; the handle is closed', () => {
  const told: string[] = [];
  let handle = -1;
  const calls: FileCalls = {
    ...realFileCalls,
    create: (path) => (handle = openSync(path, 'wx')),
    sync: (file) => {
      told.push('file');
      realFileCalls.sync(file);
    },
    close: (file) => {
      told.push('close');
      closeSync(file);
    },
    rename: (from, to) => {
      told.push('rename');
      realFileCalls.rename(from, to);
    },
    syncFolder: (path) => {
      told.push('folder');
      realFileCalls.syncFolder(path);
    },
  };
  PartFile.create(folder, 'run', calls).close();
  expect(told).toEqual(['folder', 'file', 'close', 'rename', 'folder']);
  expect(() => fstatSync(handle)).toThrow();
});

test('abandoning leaves the part', () => {
  const part = PartFile.create(folder, 'run');
  part.append(bytesOf('abc'));
  part.abandon();
  part.abandon();
  expect(existsSync(join(folder, 'run.mcap.part'))).toBe(true);
});
