/** A disk that takes 400 ms over each write, behind the recorder's own thread: the loop must not notice, and nothing be lost. */
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
import type { EpisodeSink } from '../../src/shared/episodes/record';
import { buildEntry } from '../support/buildEntry';
import { recordInto } from '../support/recordedPendulum';

test('a slow disk costs the loop nothing and loses nothing', async () => {
  const entry = await buildEntry('slowRecorder', 'test/support/slowRecorder.ts');
  const folder = mkdtempSync(join(tmpdir(), 'upright-slow-'));
  try {
    const statuses: RecordingStatus[] = [];
    const troubles: string[] = [];
    const link = new RecorderLink((job) => new Worker(entry, { workerData: job }), {
      onStatus: (status) => void statuses.push(status),
      onTrouble: (text) => void troubles.push(text),
    });
    const sink = link.sinkIn(folder);
    let waits = 0;
    const timed = new Proxy(sink, {
      get(target, name) {
        const member = Reflect.get(target, name) as unknown;
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => {
          const from = performance.now();
          const result = Reflect.apply(member, target, given) as unknown;
          if (performance.now() - from > 300) waits++;
          return result;
        };
      },
    }) satisfies EpisodeSink;
    const { resolved } = await recordInto(timed, 'pendulum', { 'learning.episode': 2 }, 5);
    // a sink that waits for the disk waits at every chunk; a busy machine may hold up a call now and then
    expect(waits).toBeLessThan(3);
    while (readdirSync(folder).some((name) => name.endsWith('.part')) || readdirSync(folder).length === 0) await after(50);
    await link.close();
    expect(troubles).toEqual([]);
    expect(statuses.every(({ dropped }) => dropped === 0)).toBe(true);
    for (const name of readdirSync(folder))
      expect(replayEpisode(readEpisodeFile(join(folder, name)), resolved)).toMatchObject({ identical: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
    rmSync(dirname(entry), { recursive: true, force: true });
  }
}, 60_000);
