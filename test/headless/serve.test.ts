/** `upright serve`, as far as it needs no child: what it refuses before anything runs. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runServe } from '../../src/main/headless/serve';

test('a data folder in which the key cannot be left is something that the machine lacks (exit 4), not a fault of ours', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'upright-serve-'));
  const file = join(folder, 'a file');
  writeFileSync(file, 'not a folder');
  const announced: unknown[] = [];
  const world = {
    home: join(file, 'home'),
    now: () => performance.now() / 1000,
    signal: new AbortController().signal,
    announce: async (document: unknown) => void announced.push(document),
    warn: () => undefined,
  };
  const refused = runServe({ port: 0, open: false, version: '0.0.0' }, world);
  await expect(refused).rejects.toMatchObject({ name: 'LackingError', code: 'home', remedy: expect.stringContaining('--home') });
  await expect(refused).rejects.toThrow(join(file, 'home', 'serve'));
  expect(announced).toEqual([]);
  rmSync(folder, { recursive: true });
});
