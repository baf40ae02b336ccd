/**
 * A browser as a peer of the bench: `node scripts/browserPeer.mjs` opens the page of `src/main/headless/commands/bench/browser`
 * in headless Chromium and hands it one question for each JSON line of its input. CHROMIUM names the browser, else it is the one
 * inside the package that the tests use. Only in a clone: that package and the bundler are there for development.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './bootstrap.mjs';
import { bundleForBrowser, serveIsolated } from './isolatedPage.mjs';

const say = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);
const folder = mkdtempSync(join(tmpdir(), 'upright-browser-'));
const source = (path) => join(root, 'src/main', path);
const kernels = join(root, 'out/kernels');
let browser;
let served;

try {
  browser = await launch();
  await bundleForBrowser(folder, {
    page: source('headless/commands/bench/browser/page.ts'),
    leader: source('headless/commands/bench/browser/leader.ts'),
    evaluator: source('workers/web/evaluator.ts'),
  });
  served = await serveIsolated({ folder, kernels });
  const page = await browser.newPage();
  await page.goto(served.address);
  await page.waitForFunction(() => 'ask' in globalThis);
  say({ version: `Chromium ${browser.version()}` });
  const processes = await browser.newBrowserCDPSession();
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line);
    if (question.ask === 'spent') {
      const { processInfo } = await processes.send('SystemInfo.getProcessInfo');
      say({ milliseconds: 1000 * processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0) });
    } else say(await page.evaluate((asked) => globalThis.ask(asked), question));
  }
} catch (error) {
  say({ error: error.message });
} finally {
  await browser?.close();
  await served?.close();
  rmSync(folder, { recursive: true, force: true });
}

async function launch() {
  const { chromium } = await import('playwright-core');
  const args = ['--lang=en-US'];
  if (process.env.CHROMIUM)
    return chromium.launch({ executablePath: process.env.CHROMIUM, chromiumSandbox: process.getuid?.() !== 0, args });
  const { default: packaged } = await import('@sparticuz/chromium');
  // as users have it: a process for each page, and all of the web's security
  const kept = packaged.args.filter(
    (arg) => !/^--(single-process|no-zygote|headless|disable-web-security|disable-site-isolation|allow-running)/.test(arg),
  );
  return chromium.launch({ executablePath: await packaged.executablePath(), args: [...kept, ...args] });
}
