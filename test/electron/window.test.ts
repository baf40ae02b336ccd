/** The window itself: what it shows, what it was given, and what it is refused. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, running, statusOf, threadsOf, utilities, type Running } from './harness';

let app: Running;
beforeAll(async () => {
  app = await launch();
  await running(app.page);
});
afterAll(() => app?.end());

test('the window opens on a running simulation, from app://upright, sandboxed and isolated', async () => {
  console.log(`Electron ${process.env.ELECTRON_UNDER_TEST_VERSION}`);
  const { page } = app;
  expect(await page.title()).toBe('Upright');
  expect(page.url()).toBe('app://upright/index.html');
  expect((await page.getByRole('status').first().textContent())?.trim()).toMatch(/^RUNNING/);
  expect(await app.application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().map((window) => window.isVisible()))).toEqual([
    true,
  ]);
  const folder = join(import.meta.dirname, '../../test-results');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, 'electron-window.png') });
});

test('steps go on, and plan frames arrive at the page', async () => {
  const before = (await statusOf(app.page))!;
  await app.page.waitForFunction(
    (step) => globalThis.heard.telemetry.some(({ episode, firstStep }) => episode !== step.episode || firstStep > step.step + 5),
    before,
    { timeout: 20_000 },
  );
  await app.page.waitForFunction(() => globalThis.heard.plans.length > 3, undefined, { timeout: 60_000 });
});

test('the page gets its port and nothing else', async () => {
  const found = await app.page.evaluate(() => {
    const names = [
      'require',
      'process',
      'module',
      'exports',
      'Buffer',
      'global',
      'electron',
      'electronAPI',
      'api',
      'ipcRenderer',
      'setImmediate',
      '__dirname',
    ];
    return {
      there: names.filter((name) => name in globalThis),
      ports: globalThis.heard.ports,
      secure: isSecureContext,
      opener: window.opener as unknown,
    };
  });
  expect(found).toEqual({ there: [], ports: 1, secure: true, opener: null });
});

test('the sandbox is true: the renderer has no file system and a policy on its system calls', async () => {
  const preferences = await app.application.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0];
    return { renderer: webContents.getOSProcessId() };
  });
  if (process.platform === 'linux') {
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(`/proc/${preferences.renderer}/status`, 'utf8')).toMatch(/Seccomp:\s+2/);
  }
});

test('the control process is a utility process with planner threads', async () => {
  const control = (await utilities(app)).find(({ name }) => name === 'Upright control');
  expect(control).toBeDefined();
  await app.page.waitForFunction(() => (globalThis.heard.statuses.at(-1)?.plannerThreads ?? 0) >= 1, undefined, { timeout: 60_000 });
  if (process.platform === 'linux') expect(threadsOf(control!.pid)).toBeGreaterThan(5);
});

test('nothing that the page shows breaks its content security policy', async () => {
  expect(app.complaints).toEqual([]);
});

test('code from text, foreign addresses and markup from text are refused in the page', async () => {
  const refused = await app.page.evaluate(async () => {
    const outcome = async (act: () => unknown) => {
      try {
        await act();
        return 'done';
      } catch (error) {
        return (error as Error).name;
      }
    };
    return {
      markup: await outcome(() => void (document.body.innerHTML = '<b>x</b>')),
      fetch: await outcome(() => fetch('https://example.com/')),
      local: await outcome(() => fetch('http://127.0.0.1:1/')),
      file: await outcome(() => fetch('file:///etc/passwd')),
      policy: await outcome(() =>
        (window as unknown as { trustedTypes: { createPolicy(name: string, rules: object): void } }).trustedTypes.createPolicy('mine', {}),
      ),
    };
  });
  expect(refused).toEqual({ markup: 'TypeError', fetch: 'TypeError', local: 'TypeError', file: 'TypeError', policy: 'TypeError' });
});

test('navigation away and new windows are refused', async () => {
  const { page, application } = app;
  expect(await page.evaluate(() => window.open('https://example.com/') as unknown)).toBeNull();
  expect(await page.evaluate(() => window.open('app://upright/index.html') as unknown)).toBeNull();
  for (const address of ['https://example.com/', 'file:///etc/passwd', 'app://upright.evil/', 'data:text/html,x']) {
    await page.evaluate((to) => void (location.href = to), address).catch(() => {});
    await page.evaluate((to) => {
      const link = document.createElement('a');
      link.href = to;
      link.target = '_blank';
      document.body.append(link);
      link.click();
      link.remove();
    }, address);
  }
  await new Promise((done) => setTimeout(done, 300));
  expect(page.url()).toBe('app://upright/index.html');
  expect(await application.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length)).toBe(1);
  expect((await statusOf(page))?.state).toBe('RUNNING');
});

test('permissions and devices are refused', async () => {
  const answers = await app.page.evaluate(async () => {
    const outcome = async (act: () => Promise<unknown>) => {
      try {
        return await act();
      } catch (error) {
        return (error as Error).name;
      }
    };
    const devices = navigator as unknown as Record<
      'serial' | 'usb' | 'hid',
      { getPorts?(): Promise<unknown[]>; getDevices?(): Promise<unknown[]> }
    >;
    return {
      notification: await Notification.requestPermission(),
      camera: await outcome(() => navigator.mediaDevices.getUserMedia({ video: true })),
      place: await new Promise((done) =>
        navigator.geolocation.getCurrentPosition(
          () => done('given'),
          ({ code }) => done(code === 1 ? 'refused' : `error ${code}`),
        ),
      ),
      serial: await outcome(async () => (await devices.serial.getPorts!()).length),
      usb: await outcome(async () => (await devices.usb.getDevices!()).length),
      hid: await outcome(async () => (await devices.hid.getDevices!()).length),
    };
  });
  expect(answers.notification).toBe('denied');
  expect(answers.camera).not.toBe('given');
  expect(['NotAllowedError', 'NotFoundError']).toContain(answers.camera);
  expect(answers.place).toBe('refused');
  expect([answers.serial, answers.usb, answers.hid]).toEqual([0, 0, 0]);
});

test('the page protocol gives page files only', async () => {
  const statuses = await app.page.evaluate(async () => {
    const found: Record<string, number> = {};
    for (const path of ['index.html', '../main/index.js', '%2e%2e/main/index.js', '..%5cmain%5cindex.js', 'none.js', 'index.html%00']) {
      found[path] = await fetch(`app://upright/${path}`).then(
        ({ status }) => status,
        () => 0,
      );
    }
    return found;
  });
  expect(statuses['index.html']).toBe(200);
  expect(Object.entries(statuses).filter(([path, status]) => path !== 'index.html' && status === 200)).toEqual([]);
});
