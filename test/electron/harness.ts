import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import type { Status, Telemetry } from '../../src/shared/contract/contract';

const executable = process.env.ELECTRON_UNDER_TEST ?? '';
const app = process.env.APP_UNDER_TEST ?? '';

/** The app in a real Electron, with a home folder of its own. */
export interface Running {
  readonly application: ElectronApplication;
  readonly page: Page;
  readonly pid: number;
  /** What the app wrote to its standard streams. */
  readonly said: () => string;
  /** What the page complained about: errors, and whatever the content security policy had to refuse. */
  readonly complaints: string[];
  /** Resolves when the app has ended. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly home: string;
  end(): Promise<void>;
}

/** Starts the app with the true sandbox; as root under another user, because Chromium has no sandbox there. */
export async function launch(home = mkdtempSync(join(tmpdir(), 'upright-electron-')), ...words: string[]): Promise<Running> {
  if (!existsSync(executable))
    throw new Error('These tests run by `npm run test:electron`, which finds or brings an Electron and builds the app for it.');
  const asRoot = process.getuid?.() === 0;
  const application = await connected(() =>
    _electron.launch({
      executablePath: asRoot ? join(import.meta.dirname, 'asUser.sh') : executable,
      chromiumSandbox: true, // without it Playwright adds --no-sandbox
      args: [app, ...words],
      env: { ...process.env, ELECTRON_BINARY: executable, ELECTRON_HOME: home, UPRIGHT_HOME: join(home, 'upright') } as Record<
        string,
        string
      >,
      timeout: 12_000,
    }),
  );
  let said = '';
  const child = application.process();
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data) => (said += data));
  const ended = new Promise<{ code: number | null; signal: string | null }>((done) =>
    child.once('exit', (code, signal) => done({ code, signal })),
  );
  const page = await application.firstWindow({ timeout: 30_000 });
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
  });
  await page.addInitScript(listenOnThePagesPort);
  await page.waitForLoadState('load');
  await page.reload(); // the first load was before the script
  const { pid } = await application.evaluate(() => ({ pid: process.pid }));
  const end = async () => {
    await application.close().catch(() => {});
    await ended;
    rmSync(home, { recursive: true, force: true });
  };
  return { application, page, pid, said: () => said, complaints, ended, home, end };
}

/** On a busy machine Playwright now and then misses the app that it has started, although its window is there; then again, twice. */
async function connected(start: () => Promise<ElectronApplication>): Promise<ElectronApplication> {
  for (let again = 2; ; again--) {
    try {
      return await start();
    } catch (error) {
      if (again === 0 || !(error instanceof Error) || error.name !== 'TimeoutError') throw error;
      console.log('Playwright did not reach the app within 12 s; starting it again.');
    }
  }
}

/** What the tests keep of the messages that reach the page. */
interface Heard {
  readonly statuses: Status[];
  readonly telemetry: { readonly episode: number; readonly firstStep: number; readonly commands: number[] }[];
  readonly plans: number[];
  readonly ports: number;
  ask(name: string, params?: unknown): Promise<unknown>;
}
declare global {
  var heard: Heard;
}

/** Runs in the page before its own code: hears what the page's port brings, beside the page. */
function listenOnThePagesPort(): void {
  const heard = { statuses: [] as Status[], telemetry: [] as Heard['telemetry'], plans: [] as number[], ports: 0 };
  const waiting = new Map<number, (answer: unknown) => void>();
  let port: MessagePort | undefined;
  let asked = 1e9; // the page counts its own calls from 1
  window.addEventListener('message', (event) => {
    if ((event.data as { upright?: unknown } | null)?.upright !== 'port') return;
    port = event.ports[0];
    heard.ports++;
    port.addEventListener(
      'message',
      ({ data }: MessageEvent<{ kind: string; name: string; event: unknown; id: number; result: unknown }>) => {
        if (data.kind === 'result' || data.kind === 'error') return waiting.get(data.id)?.(data.kind === 'result' ? data.result : data);
        if (data.kind !== 'event') return;
        if (data.name === 'status') heard.statuses.push(data.event as Status);
        if (data.name === 'plan') heard.plans.push(performance.now());
        if (data.name === 'telemetry') {
          const { episode, firstStep, commands } = data.event as Telemetry;
          heard.telemetry.push({ episode, firstStep, commands: Array.from(commands) });
        }
      },
    );
  });
  const ask = (name: string, params?: unknown) =>
    new Promise<unknown>((done) => {
      waiting.set(++asked, done);
      port?.postMessage({ kind: 'call', id: asked, name, params });
    });
  Object.defineProperty(globalThis, 'heard', { value: Object.assign(heard, { ask }) });
}

export const statusOf = (page: Page): Promise<Status | undefined> => page.evaluate(() => globalThis.heard.statuses.at(-1));

/** Waits until the page hears that the loop runs. */
export async function running(page: Page): Promise<void> {
  await page.waitForFunction(
    () => globalThis.heard?.statuses.at(-1)?.state === 'RUNNING' && globalThis.heard.telemetry.length > 2,
    undefined,
    { timeout: 30_000 },
  );
}

/** Utility processes of the app, by the name that their fork gave them. */
export async function utilities({ application }: Running): Promise<{ readonly name: string; readonly pid: number }[]> {
  return application.evaluate(({ app: running }) =>
    running
      .getAppMetrics()
      .filter(({ type }) => type === 'Utility')
      .map(({ name, serviceName, pid }) => ({ name: name ?? serviceName ?? '', pid })),
  );
}

/** Threads of a process. */
export const threadsOf = (pid: number): number =>
  Number(execFileSync('ps', ['-o', 'nlwp=', '-p', String(pid)], { encoding: 'utf8' }).trim());

/** Writes down, in the app's own words on stderr, what its utility processes are told and when they leave. */
export async function noteWhatChildrenAreTold({ application }: Running): Promise<void> {
  await application.evaluate(({ utilityProcess }) => {
    // All handles share one prototype; a dummy shows which. It ends by itself: there is no such file.
    const prototype = Object.getPrototypeOf(utilityProcess.fork('/nowhere.js', [], { stdio: 'ignore' })) as Electron.UtilityProcess;
    const { postMessage } = prototype;
    const watched = new Set<Electron.UtilityProcess>();
    prototype.postMessage = function (this: Electron.UtilityProcess, message: { kind: string }, ...rest) {
      if (message.kind === 'stop' || message.kind === 'leave') process.stderr.write(`TOLD ${message.kind} ${this.pid}\n`);
      const { pid } = this;
      if (!watched.has(this)) this.once('exit', () => process.stderr.write(`LEFT ${pid}\n`));
      watched.add(this);
      return postMessage.call(this, message, ...rest);
    };
  });
}

export async function until(claim: () => boolean | Promise<boolean>, says: string, patience = 20_000): Promise<void> {
  const end = performance.now() + patience;
  while (!(await claim())) {
    if (performance.now() > end) throw new Error(`Waited ${patience / 1000} s in vain: ${says}.`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Whether a process still runs; one that has ended and waits to be noticed by its parent does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
