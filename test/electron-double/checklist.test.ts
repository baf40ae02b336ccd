/**
 * Electron's security checklist and our own additions, asked of the bundled main process under plain Node, where a recording
 * double stands for the `electron` module. The numbers are those of Electron's own security checklist.
 */
import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundle } from '../support/bundle';

/** What stage.mjs reports of each scene. */
interface Scenes {
  checklist: {
    readonly beforeReady: readonly string[];
    readonly order: readonly string[];
    readonly windows: readonly { readonly options: { readonly webPreferences: object }; readonly loads: readonly string[] }[];
    readonly schemes: readonly unknown[];
    readonly navigations: Readonly<Record<string, { readonly hostile: readonly string[]; readonly own: boolean }>>;
    readonly opens: readonly string[];
    readonly attachPrevented: boolean;
    readonly choosers: Readonly<Record<string, { readonly prevented: boolean; readonly chosen: readonly string[] }>>;
    readonly granted: readonly string[];
    readonly statuses: Readonly<Record<string, number>>;
    readonly page: { readonly status: number; readonly body: string; readonly headers: Readonly<Record<string, string>> };
    readonly opened: readonly string[];
    readonly children: readonly { readonly file: string; readonly threads: string }[];
    readonly listeners: { readonly app: readonly string[]; readonly process: readonly string[]; readonly power: readonly string[] };
  };
  ipc: Readonly<Record<'channels' | 'forged' | 'given' | 'heard' | 'stops', readonly unknown[]>> & {
    readonly hostile: object;
    readonly firstClosed: boolean;
    readonly frozenPageLosesItsPort?: boolean;
  };
  stopping: { readonly causes: Readonly<Record<string, readonly string[]>> };
  quitting: { readonly atOnce: object; readonly order: readonly string[]; readonly exits: readonly number[]; readonly goneFirst: boolean };
  quittingWithoutTheHook: { readonly exits: readonly number[]; readonly goneFirst: boolean };
  deaths: object;
  exception: { readonly exits: readonly number[]; readonly stops: readonly string[]; readonly leftFirst: boolean };
  rejection: Scenes['exception'];
  secondInstance: object;
  secondStart: { readonly order: readonly string[] };
}
type Played<S extends keyof Scenes> = Scenes[S] & { readonly home: string; readonly said: string };

const here = import.meta.dirname;
const root = join(here, '../..');
const folder = mkdtempSync(join(tmpdir(), 'upright-double-'));
const preloadFile = join(folder, 'preload/index.cjs');
let checklist: Played<'checklist'>;

beforeAll(async () => {
  await bundle(join(folder, 'main'), { index: join(root, 'src/main/electron/index.ts') }, { format: 'es', extension: 'mjs' });
  await bundle(join(folder, 'preload'), { index: join(root, 'src/preload/index.ts') }, { format: 'cjs', extension: 'cjs' });
  for (const name of ['control', 'learner']) writeFileSync(join(folder, `main/${name}.js`), '');
  mkdirSync(join(folder, 'renderer'));
  writeFileSync(join(folder, 'renderer/index.html'), '<!doctype html><title>page</title>');
  writeFileSync(join(folder, 'renderer/index.txt'), 'no kind of ours');
  writeFileSync(join(folder, 'renderer/.hidden.js'), 'hidden');
  writeFileSync(join(folder, 'secret.txt'), 'SECRET');
  checklist = await play('checklist');
});

/** Plays one scene in a process of its own and gives the facts. */
function play<S extends keyof Scenes>(scene: S, env: Record<string, string> = {}): Promise<Played<S>> {
  return new Promise((done, fail) => {
    const home = mkdtempSync(join(tmpdir(), 'upright-home-'));
    const child = fork(join(here, 'stage.mjs'), [join(folder, 'main/index.mjs'), scene], {
      execArgv: ['--import', join(here, 'hooks.mjs')],
      env: { ...process.env, UPRIGHT_HOME: home, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    let said = '';
    let facts: Scenes[S] | undefined;
    child.stderr?.on('data', (data) => (said += data));
    child.on('message', (message) => (facts = message as Scenes[S]));
    child.on('exit', (code) =>
      facts === undefined ? fail(new Error(`The scene "${scene}" ended with ${code}: ${said}`)) : done({ ...facts, home, said }),
    );
  });
}

test('2, 3, 4, 6, 11: one window, its preferences spelled out, nothing weakened', () => {
  expect(checklist.windows).toHaveLength(1);
  const { webPreferences } = checklist.windows[0].options;
  expect(webPreferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    webviewTag: false,
    devTools: false, // in a package
  });
  for (const weak of ['allowRunningInsecureContent', 'experimentalFeatures', 'enableBlinkFeatures', 'enablePreferredSizeMode'])
    expect(webPreferences).not.toHaveProperty(weak);
});

test('4: the sandbox is on for every process before the app is ready, and no switch is set', () => {
  expect(checklist.beforeReady).toContain('enableSandbox');
  expect(checklist.beforeReady).toContain('registerSchemesAsPrivileged');
  expect(checklist.order.filter((what: string) => what.startsWith('appendSwitch'))).toEqual([]);
});

test('4, 20: the preload is one CommonJS file that requires electron only and puts nothing into the page', () => {
  const text = readFileSync(preloadFile, 'utf8');
  expect([...text.matchAll(/require\(["'`]([^"'`]+)["'`]\)/g)].map(([, name]) => name)).toEqual(['electron']);
  expect(text).not.toMatch(/exposeInMainWorld|process\.env|\bimport\s/);
  expect(text.length).toBeLessThan(2500);
});

test('1, 18: the page comes from app://upright alone, a secure standard scheme that bypasses nothing', () => {
  expect(checklist.windows[0].loads).toEqual(['app://upright/index.html']);
  expect(checklist.schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
});

test('18: the handler answers with page files only', () => {
  expect(checklist.page.status).toBe(200);
  expect(checklist.page.body).toContain('<title>page</title>');
  const wrong = Object.entries(checklist.statuses).filter(([, status]) => status !== 404);
  expect(wrong).toEqual([]);
  expect(Object.keys(checklist.statuses).length).toBeGreaterThanOrEqual(12);
});

test('7: the policy travels as a header', () => {
  const policy = checklist.page.headers['content-security-policy'];
  for (const part of [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types svelte-trusted-html',
  ])
    expect(policy.split('; ')).toContain(part);
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(checklist.page.headers['x-content-type-options']).toBe('nosniff');
});

test('5: every permission is refused, when asked and when checked; no chooser opens; nothing is downloaded', () => {
  expect(checklist.granted).toEqual([]);
  for (const [name, { prevented, chosen }] of Object.entries(checklist.choosers)) {
    expect({ name, prevented }).toEqual({ name, prevented: true });
    expect(chosen).toEqual(name === 'will-download' ? [] : ['']);
  }
});

test('12, 13: navigation and redirection away are prevented, our own page is not; no webview attaches', () => {
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect'])
    expect({ name, ...checklist.navigations[name] }).toEqual({ name, hostile: [], own: false });
  expect(checklist.attachPrevented).toBe(true);
});

test('14, 15: no new window for any address, and none is opened outside', () => {
  expect(checklist.opens.length).toBeGreaterThanOrEqual(5);
  expect(new Set(checklist.opens)).toEqual(new Set(['deny']));
  expect(checklist.opened).toEqual([]);
});

test('17: a forged or missing frame is refused on every channel; the page itself gets one port, and a new one after a reload', async () => {
  const facts = await play('ipc');
  expect(facts.channels).toEqual(['upright:port']);
  expect(facts.forged).toEqual([]);
  expect(facts.given).toEqual([
    { channel: 'upright:port', message: null, ports: 1 },
    { channel: 'upright:port', message: null, ports: 1 },
  ]);
  expect(facts.heard).toContain('result');
  expect(facts.heard).toContain('event');
  expect(facts.stops).toContain('over the port');
  expect(facts.hostile).toEqual({ refused: 4, stops: 0, stillServed: true });
  expect(facts.firstClosed).toBe(true);
  expect(facts.frozenPageLosesItsPort).toBe(true);
});

test('control process and learner are utility processes with room in their thread pool', () => {
  expect(checklist.children.map(({ file, threads }) => [file.split('/').pop(), threads])).toEqual(
    expect.arrayContaining([['control.js', '16']]),
  );
});

test('Stop keys, sleep, a locked screen and a closing window each reach the control process, with the reason', async () => {
  const { causes } = await play('stopping');
  expect(causes).toEqual({
    Space: ['Stop key (Space).'],
    Esc: ['Stop key (Esc).'],
    'releasing Space': [],
    'another key': [],
    suspend: ['The computer goes to sleep.'],
    'lock-screen': ['The screen was locked.'],
    'closing the window': ['The window was closed.'],
  });
});

test('a quit waits: Stop, then the children are asked to leave, then the app ends with 0', async () => {
  const { atOnce, order, exits, goneFirst } = await play('quitting');
  expect(atOnce).toEqual({ exits: [], prevented: 1 });
  expect(order[0]).toBe('stop');
  expect(order.at(-1)).toBe('leave');
  expect(exits).toEqual([0]);
  expect(goneFirst).toBe(true);
});

test('twin: without the hook the app is gone before its children', async () => {
  const { exits, goneFirst } = await play('quittingWithoutTheHook');
  expect(exits).toEqual([0]);
  expect(goneFirst).toBe(false);
});

test('a dead control process is replaced and never posted to again; a dead page is loaded again, three times a minute', async () => {
  const facts = await play('deaths');
  expect(facts).toMatchObject({
    restarted: 2,
    toldAfterExit: 0,
    reloads: 1,
    reloadsAfterCleanExit: 1,
    reloadsInAll: 3,
    stopped: expect.arrayContaining(['The page failed again and again.']),
    quits: 1,
  });
});

test.each(['exception', 'rejection'] as const)(
  'an uncaught %s stops the rig, lets the children leave, writes the facts and ends with 70',
  async (scene) => {
    const { exits, stops, leftFirst, said, home } = await play(scene);
    expect(exits).toEqual([70]);
    expect(stops[0]).toBe("The window's process failed: planted");
    expect(leftFirst).toBe(true);
    expect(said).toMatch(/The facts are in .*crash-/);
    expect(readdirSync(join(home, 'crashes'))).toHaveLength(1);
  },
);

test('a second start shows the first window and opens none of its own', async () => {
  expect(await play('secondInstance', { DOUBLE_SECOND_INSTANCE: '1' })).toMatchObject({ exits: [0], windows: 0, children: 0 });
  expect((await play('secondStart')).order).toEqual(['restore', 'focus']);
});

test('crash, power and quit are all listened to', () => {
  expect(checklist.listeners.app).toEqual(
    expect.arrayContaining([
      'before-quit',
      'render-process-gone',
      'child-process-gone',
      'web-contents-created',
      'window-all-closed',
      'second-instance',
    ]),
  );
  expect(checklist.listeners.process).toEqual(['uncaughtException', 'unhandledRejection']);
  expect(checklist.listeners.power).toEqual(expect.arrayContaining(['suspend', 'lock-screen']));
});
