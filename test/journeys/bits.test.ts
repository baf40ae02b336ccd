import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { hashesOfNoisyPlans } from '../support/noisyPlans';
import { WANTED_BITS } from '../support/wantedBits';
import { launchBrowser, listenForComplaints, noBrowser } from './harness';

interface Serving {
  bundleForBrowser(folder: string, entries: Readonly<Record<string, string>>): Promise<void>;
  serveIsolated(what: { readonly folder: string; readonly kernels: string }): Promise<{ readonly address: string; close(): Promise<void> }>;
}
const root = join(import.meta.dirname, '../..');

test.skipIf(noBrowser)('noisy plans have the same bits in Chromium and in this Node', async () => {
  const { bundleForBrowser, serveIsolated } = (await import(pathToFileURL(join(root, 'scripts/isolatedPage.mjs')).href)) as Serving;
  const folder = mkdtempSync(join(tmpdir(), 'upright-bits-'));
  await bundleForBrowser(folder, { page: join(import.meta.dirname, 'bitsPage.ts') });
  const served = await serveIsolated({ folder, kernels: join(root, 'out/kernels') });
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const complaints = listenForComplaints(page);
    await page.goto(served.address);
    await page.waitForFunction(() => 'hashes' in globalThis);
    const inChromium = await page.evaluate(() => (globalThis as unknown as { hashes(): Promise<Record<string, string>> }).hashes());
    expect(inChromium).toEqual(hashesOfNoisyPlans(loadKernels()));
    expect(inChromium).toEqual(WANTED_BITS);
    expect(complaints).toEqual([]);
  } finally {
    await browser.close();
    await served.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
