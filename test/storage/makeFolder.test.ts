import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { makeFolder } from '../../src/main/storage/makeFolder';

const root = mkdtempSync(join(tmpdir(), 'upright-folder-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('makes what is missing, and is content with what is there', async () => {
  const deep = join(root, 'a', 'b', 'c');
  await makeFolder(deep, 0o700);
  await makeFolder(deep);
  expect(statSync(deep).isDirectory()).toBe(true);
});
test('a file in the way is an error, not a folder', async () => {
  writeFileSync(join(root, 'file'), '');
  await expect(makeFolder(join(root, 'file', 'x'))).rejects.toThrow(/ENOTDIR/);
});
test.runIf(process.platform === 'linux')(
  'a place where the kernel makes no folders is an error, not a call that never returns',
  async () => {
    await expect(makeFolder('/proc/x/models')).rejects.toThrow(/ENOENT/);
    expect(existsSync('/proc/x')).toBe(false);
  },
  5_000,
);
