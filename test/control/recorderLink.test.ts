import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { RecorderLink } from '../../src/main/control/recorderLink';
import { replayEpisode } from '../../src/main/control/replay';
import { readEpisodeFile } from '../../src/main/storage/readEpisodeFile';
import type { RecordingStatus } from '../../src/shared/contract/contract';
import { buildEntry } from '../support/buildEntry';
import { recordInto } from '../support/recordedPendulum';

let entry = '';
let folder = '';
beforeAll(async () => {
  entry = await buildEntry('recorder', 'src/main/workers/recorder.ts');
}, 60_000);
afterAll(() => rmSync(dirname(entry), { recursive: true, force: true }));
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'upright-recorder-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The recorder thread of the product behind its link. */
function recorder() {
  const workers: Worker[] = [];
  const statuses: RecordingStatus[] = [];
  const troubles: string[] = [];
  let told: () => void = () => {};
  const link = new RecorderLink(
    (job) => {
      const worker = new Worker(entry, { workerData: job });
      workers.push(worker);
      return worker;
    },
    {
      onStatus: (status) => {
        statuses.push(status);
        told();
      },
      onTrouble: (text) => {
        troubles.push(text);
        told();
      },
    },
  );
  /** The test's own limit of time is the limit. */
  const until = async (claim: () => boolean) => {
    while (!claim()) await new Promise<void>((done) => (told = done));
  };
  return { link, workers, statuses, troubles, until };
}

test('what the loop handed over is in whole files once the link is closed, and replays to the last bit', async () => {
  const { link, statuses, troubles, until } = recorder();
  const to = join(folder, 'made', 'as needed');
  const { resolved, result } = await recordInto(link.sinkIn(to), 'pendulum', { 'learning.episode': 2 }, 5);
  await link.close();
  const files = readdirSync(to).sort();
  expect(files).toEqual(result.episodes.map((_, i) => `2026-11-27T00-00-00-pendulum-episode-${i + 1}.mcap`));
  for (const file of files) expect(replayEpisode(readEpisodeFile(join(to, file)), resolved)).toMatchObject({ identical: true });
  await until(() => statuses.length > 0);
  expect(statuses.at(-1)).toEqual({ file: join(to, files.at(-1)!), isOpen: false, safeSecondsAgo: null, dropped: 0 });
  expect(troubles).toEqual([]);
});
test('an open episode says until when it is safe', async () => {
  const { link, statuses, until } = recorder();
  const sink = link.sinkIn(folder);
  const held = {
    begin: sink.begin.bind(sink),
    period: sink.period.bind(sink),
    plan: sink.plan.bind(sink),
    fan: sink.fan.bind(sink),
    event: sink.event.bind(sink),
    timing: sink.timing.bind(sink),
    end: () => {},
  };
  await recordInto(held, 'pendulum', {}, 2);
  await until(() => statuses.at(-1)?.isOpen === true && statuses.at(-1)!.safeSecondsAgo! < 0.5);
  expect(statuses.at(-1)!.file).toMatch(/episode-1\.mcap\.part$/);
  await link.close();
});
test('a recorder that died is said, and the next episode starts another', async () => {
  const { link, workers, troubles, until } = recorder();
  link.sinkIn(folder);
  await workers[0]!.terminate();
  await until(() => troubles.length > 0);
  expect(troubles[0]).toContain('The recorder ended');
  await recordInto(link.sinkIn(folder), 'pendulum', {}, 2);
  await link.close();
  expect(workers).toHaveLength(2);
  expect(readdirSync(folder)).toEqual(['2026-11-27T00-00-00-pendulum-episode-1.mcap']);
});
test('a folder that cannot be one is said with its name; the loop does not notice', async () => {
  const { link, troubles, until } = recorder();
  const file = join(folder, 'a file');
  writeFileSync(file, '');
  await recordInto(link.sinkIn(file), 'pendulum', {}, 2);
  await until(() => troubles.length > 0);
  expect(troubles[0]).toContain('The recording has ended: ');
  expect(troubles[0]).toContain(file);
  await link.close();
});
