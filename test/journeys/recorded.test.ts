import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readEpisodeFile } from '../../src/main/storage/readEpisodeFile';
import { observe, until } from './harness';
import { filesIn, killControl, killWorkbench, recordedSetup, replayed, served } from './recordedKills';

test('the workbench records each episode, says what is safe, closes the last one when it leaves, and all replay to the last bit', async () => {
  const workbench = await served(recordedSetup);
  try {
    const observer = await observe(workbench);
    await until(() => filesIn(workbench.home, '.mcap').length >= 2, 'two episodes are recorded', 60_000);
    const { recording } = (await observer.client.snapshot()).status;
    expect(recording!.file).toContain(join(workbench.home, 'recordings'));
    expect(recording!.dropped).toBe(0);
    observer.leave();
    process.kill(workbench.pid, 'SIGTERM');
    await until(() => workbench.process.exitCode !== null, 'the workbench leaves', 20_000);
    expect(filesIn(workbench.home, '.part')).toEqual([]);
    for (const name of filesIn(workbench.home, '.mcap')) {
      const episode = readEpisodeFile(join(workbench.home, 'recordings', name));
      expect(episode.periods.length).toBeGreaterThan(1);
      expect([name, replayed(episode)]).toMatchObject([name, { identical: true }]);
    }
  } finally {
    await workbench.end();
  }
}, 120_000);

test.skipIf(process.platform === 'win32')('a signal to all its processes at once leaves no recording in the middle', async () => {
  const workbench = await served(recordedSetup);
  try {
    const observer = await observe(workbench);
    await until(() => filesIn(workbench.home, '.part').length === 1, 'an episode is being recorded', 60_000);
    observer.leave();
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(workbench.pid)], { encoding: 'utf8' });
    const all = [workbench.pid, ...children.trim().split(/\s+/).map(Number)];
    expect(all.length).toBeGreaterThan(1);
    for (const pid of all) process.kill(pid, 'SIGTERM');
    await until(() => workbench.process.exitCode !== null, 'the workbench leaves', 20_000);
    await until(() => filesIn(workbench.home, '.part').length === 0, 'the recording is whole');
    expect(filesIn(workbench.home, '.mcap').length).toBeGreaterThan(0);
  } finally {
    await workbench.end();
  }
});

// a hundred and twenty of them in the deep tier
test.skipIf(process.platform === 'win32')(
  '10 kills of the control process lose next to nothing of what was seen, and nothing before it',
  () => killControl(10),
  300_000,
);
test.skipIf(process.platform === 'win32')(
  '3 kills of the workbench itself lose nothing: what it left behind closes its recording and leaves',
  () => killWorkbench(3),
  120_000,
);
