import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { recoverCommand } from '../../../src/main/headless/commands/recover';
import { call as callAny } from '../../cli/calling';
import { sample } from '../../storage/mcap/recording';

let root = '';
let folder = '';
let count = 0;
beforeAll(() => (root = mkdtempSync(join(tmpdir(), 'upright-recover-'))));
beforeEach(() => mkdirSync((folder = join(root, String(count++)))));
afterAll(() => rm(root, { recursive: true }));

const { bytes, edges } = sample();
const call = (...argv: string[]) => callAny(['recover', ...argv], { commands: [recoverCommand] });
const put = (name: string, content: Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

test('a folder: the document has each file with its state, and repeating it changes nothing', async () => {
  const altered = Buffer.from(bytes.subarray(0, edges[5]! + 60));
  altered[edges[2]! + 90]! ^= 4;
  const file = put('run.mcap.part', altered);
  put('whole.mcap', bytes);
  const first = await call(folder, '--json');
  expect(first.code).toBe(0);
  expect(first.document).toMatchObject({ document: 1, command: 'recover' });
  expect(first.document.files).toEqual([
    {
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
      reason: null,
    },
  ]);
  expect(first.stderr).toContain(`${file}: byte ${edges[2]!.toLocaleString('en-US')}: the checksum of a chunk is wrong. The `);
  const before = readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString('base64'));
  const second = await call(folder, '--json');
  expect(second.code).toBe(0);
  expect(second.document.files).toEqual(first.document.files);
  expect(readdirSync(folder).map((name) => readFileSync(join(folder, name)).toString('base64'))).toEqual(before);
});

test('for people: a line for each file, and what was lost', async () => {
  const part = put('a.mcap.part', bytes.subarray(0, edges[3]! + 60));
  const whole = put('b.mcap', bytes);
  const first = await call(part, whole);
  expect(first.stdout).toBe(
    [
      `repaired: ${part} is now ${join(folder, 'a.mcap')} (8 messages, lost 0.04 s in 1 place, 60 bytes left over at the end)`,
      '  lost from 0.07 s to 0.11 s: the file ends in the middle of a chunk',
      `whole: ${whole} (24 messages)`,
      '',
    ].join('\n'),
  );
  expect((await call(part)).stdout).toContain('repaired before');
  const ended = put('c.mcap.part', bytes);
  expect((await call(ended)).stdout).toBe(`whole: ${ended} (24 messages); only its name is left to mend: c.mcap\n`);
});

test('something unreadable ends with 1, and the others are repaired all the same', async () => {
  const bad = put('bad.mcap', Buffer.from('time,angle\n0,1\n'));
  const part = put('run.mcap.part', bytes.subarray(0, edges[3]));
  const { code, document } = await call(bad, part, '--json');
  expect(code).toBe(1);
  expect(document.files).toMatchObject([
    { file: bad, state: 'unreadable', repaired: null, messages: 0, lost: [] },
    { file: part, state: 'repaired', messages: 8 },
  ]);
  const text = await call(bad);
  expect(text.stdout).toBe(
    `unreadable: ${bad}: the file does not begin as MCAP files do, and nothing in it looks like a recording. Name an MCAP file.\n`,
  );
});

test('a file that is not there is refused with 3, a missing argument with 2, a folder without leftovers is done', async () => {
  const missing = await call(join(folder, 'absent.mcap'), '--json');
  expect(missing.code).toBe(3);
  expect(missing.document.error).toMatchObject({ code: 'import.missing', file: join(folder, 'absent.mcap') });
  expect((await call('--json')).code).toBe(2);
  const nothing = await call(folder);
  expect(nothing).toMatchObject({ code: 0, stdout: `Nothing to recover in ${folder}.\n` });
});

test('--to: another folder, and one that cannot be made is said with 4', async () => {
  const part = put('run.mcap.part', bytes.subarray(0, edges[3]));
  expect((await call(part, '--to', join(folder, 'out'), '--json')).document.files).toMatchObject([
    { repaired: join(folder, 'out', 'run.mcap') },
  ]);
  const refused = await call(part, '--to', join(part, 'out'), '--json');
  expect(refused.code).toBe(4);
  expect(refused.document.error).toMatchObject({ code: 'storage' });
  expect(refused.stderr).not.toMatch(/\n\s+at /);
});

test('a signal ends it as cancelled, with the files done so far', async () => {
  const part = put('run.mcap.part', bytes.subarray(0, edges[3]));
  const signal = AbortSignal.abort('SIGINT');
  const { code, document } = await callAny(['recover', part, '--json'], { commands: [recoverCommand], signal });
  expect(code).toBe(130);
  expect(document).toMatchObject({ cancelled: true, files: [] });
});
