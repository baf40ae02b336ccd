/** Every way to stop reaches the command gate, and every orderly end goes the long way: Stop, the children leave, then the app. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { replayEpisode } from '../../src/main/control/replay';
import { readEpisodeFile } from '../../src/main/storage/readEpisodeFile';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import type { Setup } from '../../src/shared/setups/setup';
import { isAlive, launch, noteWhatChildrenAreTold, running, statusOf, until, utilities, type Running } from './harness';

let app: Running | undefined;
afterEach(async () => {
  await app?.end();
  app = undefined;
});

async function start(): Promise<Running> {
  app = await launch();
  await running(app.page);
  return app;
}

/** Commands after the loop said that it was stopped: [how many rows, how many of them are not zero]. */
async function commandsAfterStop({ page }: Running): Promise<{ readonly rows: number; readonly notZero: number }> {
  await page.waitForFunction(() => globalThis.heard.statuses.at(-1)?.state === 'STOPPED', undefined, { timeout: 5000 });
  // The loop goes on with command zero. The workbench says STOPPED at once, with the step it knew last; the control process
  // says it again, with its own: that one counts.
  await page.waitForFunction(
    () => {
      const { statuses, telemetry } = globalThis.heard;
      const told = statuses.slice(statuses.map(({ state }) => state).lastIndexOf('RUNNING') + 1)[1];
      return (
        told !== undefined &&
        telemetry.some((block) => block.episode === told.episode && block.firstStep + block.commands.length > told.step + 6)
      );
    },
    undefined,
    { timeout: 20_000 },
  );
  return page.evaluate(() => {
    const { statuses, telemetry } = globalThis.heard;
    const at = statuses.map(({ state }) => state).lastIndexOf('RUNNING') + 1;
    const { episode, step } = statuses[at + 1];
    const after = telemetry.flatMap((block) =>
      block.episode !== episode ? [] : Array.from(block.commands).filter((_, i) => block.firstStep + i > step + 1),
    );
    return { rows: after.length, notZero: after.filter((command) => command !== 0).length };
  });
}

test.each([
  ['Esc', 'Escape'],
  ['Space', 'Space'],
] as const)('%s is Stop: the command is zero from the next period on', async (_name, keyCode) => {
  const running = await start();
  await running.application.evaluate(
    ({ BrowserWindow }, key) => BrowserWindow.getAllWindows()[0].webContents.sendInputEvent({ type: 'keyDown', keyCode: key }),
    keyCode,
  );
  const { rows, notZero } = await commandsAfterStop(running);
  expect((await statusOf(running.page))!.reason).toMatch(/Stop|stop/);
  expect(rows).toBeGreaterThan(3);
  expect(notZero).toBe(0);
});

test('a stop key is heard while the page is blocked', async () => {
  const running = await start();
  await noteWhatChildrenAreTold(running);
  const blocked = running.page.evaluate(() => {
    const end = performance.now() + 2000;
    while (performance.now() < end);
    return performance.now();
  });
  await new Promise((done) => setTimeout(done, 300));
  const from = performance.now();
  await running.application.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0].webContents.sendInputEvent({ type: 'keyDown', keyCode: 'Escape' }),
  );
  await until(() => running.said().includes('TOLD stop'), 'the control process is told to stop', 1500);
  const after = performance.now() - from;
  await blocked;
  console.log(`Esc under a blocked page reached the control process after ${after.toFixed(0)} ms`);
  expect(after).toBeLessThan(1000); // the page was blocked for longer: it was not the page that heard the key
});

test('closing the window: Stop and the farewell are sent, the control process leaves, then the app ends with 0', async () => {
  const { application, page, said, ended, ...rest } = await start();
  const running = { application, page, said, ended, ...rest };
  await noteWhatChildrenAreTold(running);
  const control = (await utilities(running)).find(({ name }) => name === 'Upright control')!;
  await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  expect(await ended).toEqual({ code: 0, signal: null });
  const order = said()
    .split('\n')
    .filter((line) => line.endsWith(` ${control.pid}`))
    .map((line) => line.split(' ').slice(0, -1).join(' '));
  expect(order[0]).toBe('TOLD stop');
  expect(order).toContain('TOLD leave');
  expect(order.at(-1)).toBe('LEFT');
  await until(() => !isAlive(control.pid), 'the control process is gone', 2000);
});

test('what was recorded is whole when the window has closed, and replays to the last bit', async () => {
  const home = mkdtempSync(join(tmpdir(), 'upright-electron-'));
  const folder = join(home, 'upright/recordings');
  mkdirSync(join(home, 'upright/setups'), { recursive: true });
  const setup = withValues(builtInSetups.pendulum!, { 'loop.record': 'episodes', 'learning.episode': 2 });
  writeFileSync(join(home, 'upright/setups/recorded.json'), JSON.stringify(setup));
  app = await launch(home, '--setup', 'recorded');
  await running(app.page);
  await until(() => existsSync(folder) && readdirSync(folder).some((name) => name.endsWith('.mcap')), 'an episode is recorded', 30_000);
  await app.page.waitForFunction(() => globalThis.heard.telemetry.length > 5); // into the next one
  await app.application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].close());
  expect(await app.ended).toEqual({ code: 0, signal: null });
  const names = readdirSync(folder);
  expect(names.filter((name) => !name.endsWith('.mcap'))).toEqual([]);
  for (const name of names) {
    const episode = readEpisodeFile(join(folder, name));
    expect(replayEpisode(episode, resolveSetup(episode.header.setup as Setup))).toMatchObject({ identical: true });
  }
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s goes the same long way', async (signal) => {
  const running = await start();
  await noteWhatChildrenAreTold(running);
  const control = (await utilities(running)).find(({ name }) => name === 'Upright control')!;
  process.kill(running.pid, signal);
  const { code } = await running.ended;
  expect(code).toBe(0);
  expect(running.said()).toMatch(new RegExp(`TOLD leave ${control.pid}[^]*LEFT ${control.pid}`));
});

test('a killed app takes its processes with it', async () => {
  const running = await start();
  const pids = (await utilities(running)).map(({ pid }) => pid);
  process.kill(running.pid, 'SIGKILL');
  await until(() => pids.every((pid) => !isAlive(pid)), 'control process and learner are gone', 3000);
});

test('a second start shows the first window and ends', async () => {
  const running = await start();
  await expect(launch(running.home)).rejects.toThrow();
  expect(await running.application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect((await statusOf(running.page))!.state).toBe('RUNNING');
});
