import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { workbenchHere } from './inProcess';

test.each([
  [['a.mcap.part'], /^1 recording was left in the middle.*The screen Recordings makes it whole\.$/],
  [['a.mcap.part', 'b.mcap.part', 'c.mcap.part', 'c.mcap'], /^2 recordings were left in the middle.*makes them whole/],
  [['a.mcap'], undefined],
])('of %j in its folder a workbench says so when it starts', async (names, words) => {
  const home = mkdtempSync(join(tmpdir(), 'upright-left-'));
  mkdirSync(join(home, 'recordings'));
  for (const name of names) writeFileSync(join(home, 'recordings', name), '');
  const here = workbenchHere({ home });
  try {
    const client = here.join();
    const said = async () => (await client.snapshot()).notices.filter(({ text }) => text.includes('left in the middle'));
    if (words === undefined) {
      await new Promise((done) => client.on('status', done)); // the folder has been looked into long before
      expect(await said()).toEqual([]);
    } else {
      while ((await said()).length === 0) await new Promise((done) => setImmediate(done));
      expect((await said())[0]!.text).toMatch(words);
    }
  } finally {
    await here.workbench.close();
    rmSync(home, { recursive: true, force: true });
  }
});
