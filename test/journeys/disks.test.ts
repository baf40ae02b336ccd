/** Real file systems under a real workbench: one that fills up, one that may not be written, one that is gone. The loop goes on. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readMcap } from '../../src/main/storage/mcap/readMcap';
import { observe, serveWorkbench, stepsOf, until } from './harness';

const mounts: string[] = [];
const unmount = (path: string) => execFileSync('umount', ['-l', path], { stdio: 'ignore' });
function mount(path: string, options: string): void {
  mkdirSync(path, { recursive: true });
  execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
  mounts.push(path);
}
afterAll(() => {
  for (const path of mounts)
    try {
      unmount(path);
    } catch {
      // it is gone already
    }
});
/** Who may mount is root, and not in every container. */
const mayMount = ((): boolean => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const probe = mkdtempSync(join(tmpdir(), 'upright-mount-'));
  try {
    mount(probe, 'size=1m');
    unmount(probe);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(probe, { recursive: true, force: true });
  }
})();

const live = [
  '--setup',
  'pendulum',
  '--set',
  'planner.population=64',
  '--set',
  'planner.iterations=2',
  '--set',
  'learning.episode=20',
  '--set',
  'loop.record=nothing',
];

test.runIf(mayMount)('full, read-only, gone: each is said with its reason and the loop goes on', async () => {
  const workbench = await serveWorkbench(...live);
  const folder = join(workbench.home, 'recordings');
  mount(folder, 'size=240m');
  try {
    const observer = await observe(workbench);
    const told = async (words: RegExp) => (await observer.client.snapshot()).notices.find(({ text }) => words.test(text))?.text;
    const held = await observer.client.takeControls({ take: true });
    const lease = 'lease' in held ? held.lease : '';
    const goesOn = async () => {
      const before = stepsOf(observer.telemetry).length;
      await until(() => stepsOf(observer.telemetry).length > before + 20, 'the loop goes on');
      expect(observer.status().state).toBe('RUNNING');
    };
    const anew = () => observer.client.reset({ lease, pose: 'hanging' });

    await observer.client.changeSettings({ lease, values: { 'loop.record': 'episodes' } });
    await anew();

    // it fills up in the middle of an episode
    await until(
      () =>
        observer.status().time > 1 &&
        observer.status().recording?.isOpen === true &&
        readdirSync(folder).some((name) => name.endsWith('.part')),
      'an episode is recorded',
    );
    try {
      writeFileSync(join(folder, 'filler'), Buffer.alloc(260e6));
    } catch {
      // that is the point
    }
    const from = performance.now();
    await until(async () => (await told(/the disk is full/)) !== undefined, 'the full disk is said');
    expect(performance.now() - from).toBeLessThan(5_000);
    expect(await told(/the disk is full/)).toMatch(
      /^The recording has ended: .*recordings\/.*\.mcap\.part: writing ended after \d+ bytes: the disk is full\. Make room, .* Its first \d+\.\d\d s are kept\.$/,
    );
    await goesOn();
    rmSync(join(folder, 'filler'));
    const part = readdirSync(folder).find((name) => name.endsWith('.part'))!;
    expect(readMcap(join(folder, part), () => {})).toMatchObject({ damage: [], endsWith: 'cut' });

    // it may not be written
    execFileSync('mount', ['-o', 'remount,ro', folder]);
    await anew();
    await until(async () => (await told(/read-only/)) !== undefined, 'the read-only disk is said');
    await goesOn();
    execFileSync('mount', ['-o', 'remount,rw', folder]);

    // it is recorded again, and then the disk is gone
    await anew();
    await until(() => readdirSync(folder).filter((name) => name.endsWith('.part')).length === 2, 'it is recorded again');
    unmount(folder);
    await goesOn();
    await anew();
    await until(async () => (await told(/could not be renamed|no such folder/)) !== undefined, 'the disk that is gone is said');
    await goesOn();
    observer.leave();
  } finally {
    await workbench.end();
  }
});
