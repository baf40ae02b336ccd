/** A disk that takes nothing for a whole run, behind the recorder's own thread: the loop must not notice, and nothing be lost. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { RecorderLink } from '../../src/main/control/recorderLink';
import { replayEpisode } from '../../src/main/control/replay';
import { readEpisodeFile } from '../../src/main/storage/readEpisodeFile';
import type { RecordingStatus } from '../../src/shared/contract/contract';
import { buildEntry } from '../support/buildEntry';
import { recordInto } from '../support/recordedPendulum';

test('a run ends while the disk has not taken a byte of it; nothing is lost when it does', async () => {
  const entry = await buildEntry('slowRecorder', 'test/support/slowRecorder.ts');
  const folder = mkdtempSync(join(tmpdir(), 'upright-slow-'));
  const gate = new Int32Array(new SharedArrayBuffer(8));
  const open = () => {
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  };
  try {
    const statuses: RecordingStatus[] = [];
    const troubles: string[] = [];
    const link = new RecorderLink((job) => new Worker(entry, { workerData: { ...job, gate } }), {
      onStatus: (status) => void statuses.push(status),
      onTrouble: (text) => void troubles.push(text),
    });
    // whoever waited for the disk would wait here for ever
    const { resolved, result } = await recordInto(link.sinkIn(folder), 'pendulum', { 'learning.episode': 2 }, 5);
    while (Atomics.load(gate, 1) === 0) await after(10); // the recorder does stand before a write
    expect(readdirSync(folder).filter((name) => name.endsWith('.mcap'))).toEqual([]);
    open();
    while (readdirSync(folder).filter((name) => name.endsWith('.mcap')).length < result.episodes.length) await after(20);
    await link.close();
    expect(troubles).toEqual([]);
    expect(statuses.every(({ dropped }) => dropped === 0)).toBe(true);
    for (const name of readdirSync(folder))
      expect(replayEpisode(readEpisodeFile(join(folder, name)), resolved)).toMatchObject({ identical: true });
  } finally {
    open();
    rmSync(folder, { recursive: true, force: true });
    rmSync(dirname(entry), { recursive: true, force: true });
  }
}, 60_000);
