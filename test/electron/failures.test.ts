/** What happens when a process of the app dies, as ARCHITECTURE.md says. */
import { afterEach, expect, test } from 'vitest';
import { launch, running, statusOf, until, utilities, type Running } from './harness';

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

test('a reload gets a new port and finds the loop undisturbed', async () => {
  const { page } = await start();
  const before = (await statusOf(page))!;
  await page.reload();
  await running(page);
  const after = (await statusOf(page))!;
  expect(await page.evaluate(() => globalThis.heard.ports)).toBe(1);
  expect(after.episode === before.episode ? after.step > before.step : after.episode > before.episode).toBe(true);
});

test('a killed renderer: the simulation goes on, the page comes back and shows it', async () => {
  const { application, page } = await start();
  const before = (await statusOf(page))!;
  const renderer = await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0].webContents.getOSProcessId());
  process.kill(renderer, 'SIGKILL');
  const words = () =>
    application.evaluate(({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0];
      return { pid: webContents.getOSProcessId(), loading: webContents.isLoading(), crashed: webContents.isCrashed() };
    });
  await until(async () => {
    const { pid, loading, crashed } = await words();
    return pid !== 0 && pid !== renderer && !loading && !crashed;
  }, 'the page is loaded again');
  // Playwright has lost a page that crashed: the new one is asked through the main process.
  const state = () =>
    application.evaluate(async ({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0];
      return (await webContents.executeJavaScript("document.querySelector('[role=status]')?.textContent ?? ''")) as string;
    });
  await until(async () => /^\s*RUNNING/.test(await state()), 'the page shows the running loop');
  const step = () =>
    application.evaluate(async ({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0];
      return (await webContents.executeJavaScript('JSON.stringify(globalThis.heard?.statuses.at(-1) ?? null)')) as string;
    });
  const after = JSON.parse(await step()) as { episode: number; step: number } | null;
  if (after !== null) expect(after.episode > before.episode || after.step > before.step).toBe(true);
});

test('a killed control process: FAULT with the reason, a new one that waits, and Start goes on', async () => {
  const running = await start();
  const { page } = running;
  const control = (await utilities(running)).find(({ name }) => name === 'Upright control')!;
  const from = performance.now();
  process.kill(control.pid, 'SIGKILL');
  await page.waitForFunction(() => globalThis.heard.statuses.at(-1)?.state === 'FAULT', undefined, { timeout: 5000 });
  console.log(`the page showed FAULT ${(performance.now() - from).toFixed(0)} ms after the kill`);
  expect((await statusOf(page))!.reason).toMatch(/control process/);
  await until(
    async () => (await utilities(running)).some(({ name, pid }) => name === 'Upright control' && pid !== control.pid),
    'a new control process',
  );
  await page.waitForTimeout(1500);
  expect((await statusOf(page))!.state).toBe('FAULT'); // no restart into RUNNING by itself
  await page.getByRole('button', { name: /start/i }).first().click();
  await page.waitForFunction(() => globalThis.heard.statuses.at(-1)?.state === 'RUNNING', undefined, { timeout: 10_000 });
  const episode = (await statusOf(page))!.episode;
  await page.waitForFunction((last) => globalThis.heard.telemetry.some((block) => block.episode >= last), episode, { timeout: 10_000 });
});

test('a killed learner: the loop goes on', async () => {
  const running = await start();
  const { page } = running;
  await until(async () => (await utilities(running)).some(({ name }) => name === 'Upright learner'), 'a learner');
  const learner = (await utilities(running)).find(({ name }) => name === 'Upright learner')!;
  const before = (await statusOf(page))!;
  process.kill(learner.pid, 'SIGKILL');
  await page.waitForTimeout(1500);
  const after = (await statusOf(page))!;
  expect(after.state).toBe('RUNNING');
  expect(after.episode > before.episode || after.step > before.step).toBe(true);
});

test('an uncaught error in the main process: Stop, the children leave, exit 70', async () => {
  const running = await start();
  await running.application
    .evaluate(
      () =>
        void setTimeout(() => {
          throw new Error('planted');
        }),
    )
    .catch(() => {});
  expect((await running.ended).code).toBe(70);
  expect(running.said()).toMatch(/fault of the program: planted[^]*The facts are in .*crash-/);
});
