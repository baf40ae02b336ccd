/** `upright serve` as a script uses it. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { observe, rightsOf, serveWorkbench, until } from './harness';

const command = join(import.meta.dirname, '../../scripts/upright.mjs');

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
/** Processes that a process started. */
const childrenOf = (pid: number) =>
  spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
    .stdout.split('\n')
    .map(Number)
    .filter((one) => one > 0);

test('one document, a token file for scripts of the same user, and an orderly end within 10 s', async () => {
  const served = await serveWorkbench();
  expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#[A-Za-z0-9_-]{43}$/);
  expect(served.socketPath).toBe('/socket');
  expect(served.pid).toBe(served.process.pid);
  expect(readFileSync(served.tokenFile, 'utf8').trim()).toBe(served.token);
  if (process.platform !== 'win32') expect(rightsOf(served.tokenFile)).toBe('600');
  const observer = await observe(served);
  await until(() => observer.telemetry.length > 0, 'the loop runs');
  const children = childrenOf(served.pid);
  if (process.platform === 'linux') expect(children.length).toBeGreaterThanOrEqual(1);
  const { code, seconds } = await served.end();
  expect(code).toBe(0);
  expect(seconds).toBeLessThan(10);
  expect(existsSync(served.tokenFile)).toBe(false);
  expect(children.filter(alive)).toEqual([]);
});

test('killed, it takes its children with it', async () => {
  const served = await serveWorkbench();
  const observer = await observe(served);
  await until(() => observer.telemetry.length > 0, 'the loop runs');
  const children = childrenOf(served.pid);
  served.process.kill('SIGKILL');
  await until(() => !children.some(alive), 'the children are gone', 5000);
});

test.skipIf(process.platform === 'win32')(
  'held up for 4 s, it finds its control process as it was, and whoever held the controls still does',
  async () => {
    const served = await serveWorkbench();
    const observer = await observe(served);
    await until(() => observer.telemetry.length > 0, 'the loop runs');
    const answer = await observer.client.takeControls({ take: true });
    const children = childrenOf(served.pid);
    process.kill(served.pid, 'SIGSTOP');
    await new Promise((done) => setTimeout(done, 4000));
    process.kill(served.pid, 'SIGCONT');
    observer.telemetry.length = 0;
    await until(() => observer.telemetry.length > 0, 'the loop is heard again');
    await new Promise((done) => setTimeout(done, 500));
    expect(observer.status().state).toBe('RUNNING');
    expect(children.filter((pid) => !alive(pid))).toEqual([]);
    await observer.client.pause({ lease: 'lease' in answer ? answer.lease : '', paused: true });
    observer.leave();
    await served.end();
  },
);

test('a taken port is exit 4 with a sentence', async () => {
  const served = await serveWorkbench();
  const { status, stdout } = spawnSync(
    process.execPath,
    [command, 'serve', '--no-open', '--json', '--port', String(served.port), '--home', served.home],
    { encoding: 'utf8' },
  );
  expect(status).toBe(4);
  expect(JSON.parse(stdout).error).toMatchObject({
    message: expect.stringContaining(String(served.port)),
    remedy: expect.stringContaining('--port'),
  });
  await served.end();
});

test('each start has a token of its own', async () => {
  const [a, b] = await Promise.all([serveWorkbench(), serveWorkbench()]);
  expect(a.token).not.toBe(b.token);
  await expect(observe({ port: a.port, token: b.token })).rejects.toThrow();
  await Promise.all([a.end(), b.end()]);
});
