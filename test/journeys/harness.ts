import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Status, Telemetry } from '../../src/shared/contract/contract';
import type { WorkbenchClient } from '../../src/shared/contract/rpc';
import { joinBySocket } from '../support/socketClient';

const root = join(import.meta.dirname, '../..');

/** The first document of `upright serve`. */
export interface Served {
  readonly url: string;
  readonly port: number;
  readonly socketPath: string;
  readonly pid: number;
  readonly tokenFile: string;
  readonly token: string;
  readonly process: ChildProcess;
  readonly home: string;
  readonly said: () => string;
  /** SIGTERM to the command itself; gives the exit code and how long it took. */
  end(): Promise<{ readonly code: number | null; readonly seconds: number }>;
}

/** Starts the workbench as a user's script would, with a home folder of its own. */
export async function serveWorkbench(...args: string[]): Promise<Served> {
  const home = mkdtempSync(join(tmpdir(), 'upright-journey-'));
  const child = spawn(process.execPath, [join(root, 'scripts/upright.mjs'), 'serve', '--no-open', '--json', '--home', home, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // what it deletes goes into a trash of its own
    env: { ...process.env, HOME: home, XDG_DATA_HOME: join(home, 'data') },
  });
  let out = '';
  let err = '';
  child.stderr.on('data', (data) => (err += data));
  const document = await new Promise<Served>((done, fail) => {
    child.stdout.on('data', (data) => {
      out += data;
      if (out.endsWith('\n')) done(JSON.parse(out) as Served);
    });
    child.on('exit', (code) => fail(new Error(`serve ended with ${code}: ${err}`)));
  });
  const end = async () => {
    const from = performance.now();
    const code = await new Promise<number | null>((done) => {
      if (child.exitCode !== null) return done(child.exitCode);
      child.once('exit', done);
      process.kill(document.pid, 'SIGTERM');
    });
    rmSync(home, { recursive: true, force: true });
    return { code, seconds: (performance.now() - from) / 1000 };
  };
  return { ...document, token: document.url.split('#')[1], process: child, home, said: () => err, end };
}

/** A Chromium: the one of CHROMIUM, a system's, the one inside an npm package; else the reason why there is none. */
export async function launchBrowser(...extra: string[]): Promise<Browser> {
  const args = ['--lang=en-US', '--font-render-hinting=none', ...extra];
  const path = process.env.CHROMIUM ?? systemChromium();
  if (path !== undefined)
    return chromium.launch({
      executablePath: path,
      chromiumSandbox: process.getuid?.() !== 0,
      args: ['--enable-unsafe-swiftshader', ...args],
    });
  const { default: packaged } = await import('@sparticuz/chromium');
  packaged.setGraphicsMode = true;
  // Its own argument list would put everything into one process; with a process per page a dead page is only a dead page.
  const kept = packaged.args.filter(
    (arg) => !/^--(single-process|no-zygote|headless|disable-web-security|disable-site-isolation|allow-running)/.test(arg),
  );
  return chromium.launch({ executablePath: await packaged.executablePath(), args: [...kept, ...args] });
}

/** Why no browser can be had here, or undefined. The packaged one runs on Linux x64 only. */
export const noBrowser: string | undefined =
  process.env.CHROMIUM || systemChromium() || (process.platform === 'linux' && process.arch === 'x64')
    ? undefined
    : 'no Chromium here: set CHROMIUM to the path of one';

function systemChromium(): string | undefined {
  if (process.platform === 'darwin')
    return ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'].find(
      (path) => existsSync(path),
    );
  const names = process.platform === 'win32' ? ['chrome.exe'] : ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

/** What a page complained about: errors, and whatever the content security policy had to refuse. */
export function listenForComplaints(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy|Trusted/i.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

/** The truth beside the page: a client in Node that sees every period. */
export interface Observer {
  readonly client: WorkbenchClient;
  readonly telemetry: Telemetry[];
  status(): Status;
  leave(): void;
}
export async function observe({ port, token }: Pick<Served, 'port' | 'token'>): Promise<Observer> {
  const { client, leave } = await joinBySocket(port, token);
  let status = (await client.snapshot()).status;
  const telemetry: Telemetry[] = [];
  client.on('status', (event) => (status = event));
  client.on('telemetry', (event) => telemetry.push(event));
  return { client, telemetry, status: () => status, leave };
}

/** Steps that the observer saw, as `episode:step`, in order; a hole would show. */
export function stepsOf(telemetry: readonly Telemetry[]): { readonly episode: number; readonly step: number }[] {
  return telemetry.flatMap(({ episode, firstStep, count }) => Array.from({ length: count }, (_, i) => ({ episode, step: firstStep + i })));
}

export async function until(claim: () => boolean | Promise<boolean>, says: string, patience = 20_000): Promise<void> {
  const end = performance.now() + patience;
  while (!(await claim())) {
    if (performance.now() > end) throw new Error(`Waited ${patience / 1000} s in vain: ${says}.`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** Serves one page at another origin of this computer. */
export async function serveElsewhere(file: string): Promise<{ readonly origin: string; readonly port: number; close(): void }> {
  const server: Server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(readFileSync(file)));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://attacker.test:${port}`, port, close: () => void server.close() };
}

/** Rights of a file as three octal digits. */
export const rightsOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);
