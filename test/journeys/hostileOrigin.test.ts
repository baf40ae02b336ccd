/** A page of another origin in Chromium, against the guarded server and against twins of it with defences missing. */
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBench, secret, type Bench } from '../headless/standIn';
import { launchBrowser, noBrowser, observe, serveElsewhere, serveWorkbench } from './harness';

/** What the hostile page reports, by attempt. */
type Outcome = Readonly<Record<string, string>>;

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser === undefined ? '' : ` (skipped: ${noBrowser})`}`, () => {
  let browser: Browser;
  let elsewhere: Awaited<ReturnType<typeof serveElsewhere>>;
  beforeAll(async () => {
    elsewhere = await serveElsewhere(join(import.meta.dirname, 'attack.html'));
    browser = await launchBrowser('--host-resolver-rules=MAP attacker.test 127.0.0.1');
  });
  afterAll(async () => {
    elsewhere?.close();
    await browser?.close();
  });

  async function attack(port: number): Promise<Outcome> {
    const page = await browser.newPage();
    await page.goto(`${elsewhere.origin}/?port=${port}`);
    await page.waitForFunction(() => 'outcome' in window, undefined, { timeout: 30_000 });
    const outcome = await page.evaluate(() => (window as unknown as { outcome: Outcome }).outcome);
    await page.close();
    return outcome;
  }
  const won = (outcome: Outcome) => Object.entries(outcome).filter(([, what]) => /READ|LOADED|heard nothing/.test(what));

  test('against the guarded server: nothing read, nothing commanded', async () => {
    const bench = await openBench();
    const outcome = await attack(bench.server.port);
    expect(Object.keys(outcome).length).toBeGreaterThanOrEqual(14);
    expect(won(outcome)).toEqual([]);
    expect(bench.commanded).toEqual([]);
    expect(bench.clients).toEqual([]);
    await bench.server.close();
  });

  test('against the workbench itself: the loop runs on', async () => {
    const served = await serveWorkbench();
    const observer = await observe(served);
    expect(won(await attack(served.port))).toEqual([]);
    expect(observer.status().reason).not.toContain('hostile');
    observer.leave();
    expect((await served.end()).code).toBe(0);
  });

  test('rebinding: under a name of the attacker that now leads to us, the page itself is refused', async () => {
    const refusedBy = async (bench: Bench) => {
      const page = await browser.newPage();
      const response = await page.goto(`http://attacker.test:${bench.server.port}/`);
      const found = { status: response?.status(), text: await page.content() };
      await page.close();
      await bench.server.close();
      return found;
    };
    const guarded = await refusedBy(await openBench());
    expect(guarded.status).toBe(403);
    expect(guarded.text).not.toContain(secret);
    const twin = await refusedBy(await openBench({ guards: ['origin', 'site'] }));
    expect(twin.status).toBe(200); // without the guard on Host it comes through
  });

  // The twins: the very same page against a server that lacks a defence must win something, or it proves nothing.
  test('twin: without the guards on origin and site, and without the token, the page reads and commands', async () => {
    const twin = await openBench({ guards: ['host'], admits: () => true });
    const outcome = await attack(twin.server.port);
    expect(outcome[`socket 127.0.0.1:${twin.server.port}`]).toBe('READ');
    expect(twin.commanded).toContain('stop {"reason":"hostile"}');
    await twin.server.close();
  });

  test('twin: without the guard on site, scripts of ours run in the other page', async () => {
    const twin = await openBench({ guards: ['host', 'origin'] });
    const outcome = await attack(twin.server.port);
    expect(outcome[`fetch no-cors 127.0.0.1:${twin.server.port}`]).toMatch(/opaque|refused/);
    expect(twin.commanded).toEqual([]);
    await twin.server.close();
  });

  test('with the origin guard missing the token still holds', async () => {
    const twin = await openBench({ guards: ['host'] });
    const outcome = await attack(twin.server.port);
    expect(outcome[`socket 127.0.0.1:${twin.server.port}`]).not.toBe('READ');
    expect(twin.commanded).toEqual([]);
    await twin.server.close();
  });
});
