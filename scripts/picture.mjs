/**
 * `npm run picture [-- FILE]`: makes the README's picture from the real workbench: starts it with a home folder of its own,
 * lets it learn, and takes the picture while the pole is on its way up.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { prepare, root } from './bootstrap.mjs';
import { launchChromium } from './look.mjs';

const [file = join(root, 'docs/picture.png')] = process.argv.slice(2);
/** Fits of the model before its plans are worth showing, and the angles between which the swing looks like one, degrees. */
const FITS = 12;
const SWING = { from: 25, to: 100 };

await prepare();
const home = mkdtempSync(join(tmpdir(), 'upright-picture-'));
const serve = spawn(process.execPath, [join(root, 'scripts/upright.mjs'), 'serve', '--no-open', '--json', '--home', home], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
const { url } = await new Promise((done, fail) => {
  serve.stdout.on('data', (data) => {
    said += data;
    if (said.endsWith('\n')) done(JSON.parse(said));
  });
  serve.once('exit', (code) => fail(new Error(`serve ended with ${code}`)));
});
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
  await page.goto(url);
  await page.getByRole('button', { name: 'Show all settings' }).click();
  await page.getByRole('button', { name: 'Close the guide' }).click();
  await page.waitForFunction(
    (fits) => Number(/fit (\d+)/.exec(document.querySelector('[aria-label=Status]')?.textContent ?? '')?.[1] ?? 0) >= fits,
    FITS,
    { timeout: 180_000 },
  );
  // With what it has learned by now, once more from the bottom.
  await page.getByRole('button', { name: 'Hanging', exact: true }).click();
  await page.waitForTimeout(300);
  await page.waitForFunction(
    ({ from, to }) => {
      const name = document.querySelector('[role=img][aria-label^="Pole angle over time"]')?.getAttribute('aria-label') ?? '';
      const angle = Math.abs(Number(/now [−-]?([\d.]+)/.exec(name)?.[1] ?? 0));
      return angle > from && angle < to;
    },
    SWING,
    { timeout: 60_000, polling: 50 },
  );
  mkdirSync(dirname(resolve(file)), { recursive: true });
  await page.screenshot({ path: file });
  process.stderr.write(`${file}\n`);
} finally {
  await browser.close();
  serve.kill('SIGTERM');
  await new Promise((done) => serve.once('exit', done));
  rmSync(home, { recursive: true, force: true });
}
