/** Networks trained by TensorFlow.js in the workbench: the page says by which backend, and in which version. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { withValues } from '../../src/shared/setups/resolve';
import { launchBrowser, noBrowser, observe, serveWorkbench, until } from './harness';

const setup = withValues(
  { ...builtInSetups.pendulum!, model: 'ensemble' },
  { 'model.firstSteps': 50, 'model.laterSteps': 10, 'planner.population': 16, 'planner.iterations': 1 },
);

test.skipIf(noBrowser !== undefined)('a backend that was asked for trains, and the page names it with its version', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'upright-backend-'));
  const file = join(folder, 'ensemble.json');
  writeFileSync(file, JSON.stringify(setup));
  const [served, browser] = await Promise.all([serveWorkbench('--setup', file, '--backend', 'wasm'), launchBrowser()]);
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(served.url);
    const observer = await observe(served);
    await until(async () => (await observer.client.snapshot()).learning.fits > 0, 'networks are fitted', 60_000);
    const { backend, trainer } = (await observer.client.snapshot()).learning;
    expect(trainer).toBe('tensorflow');
    expect(backend).toEqual({ name: 'wasm', version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string, reason: 'asked for' });
    await page.getByRole('button', { name: 'Show all settings' }).click(); // a first start tells a story instead of panels
    await page.getByLabel('Learning', { exact: true }).getByText(`by wasm ${backend!.version}`).waitFor();
    await page.setViewportSize({ width: 1920, height: 1080 }); // the strip has room for it here
    await page.getByLabel('Status', { exact: true }).getByText(`wasm ${backend!.version}`).waitFor();
    observer.leave();
  } finally {
    await browser.close();
    await served.end();
    rmSync(folder, { recursive: true, force: true });
  }
});
