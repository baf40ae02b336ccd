/**
 * The learner process is killed in the middle of a fit, with a page in Chromium that looks on. Which fit is hit depends on the
 * moment, so now and then none is; test/main/learner.test.ts holds the same without a page.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  launchBrowser,
  listenForComplaints,
  noBrowser,
  observe,
  serveWorkbench,
  stepsOf,
  until,
  type Observer,
  type Served,
} from '../journeys/harness';

const skipped = process.platform === 'win32' ? 'no ps on Windows' : noBrowser;

describe.skipIf(skipped !== undefined)(`in Chromium${skipped === undefined ? '' : ` (skipped: ${skipped})`}`, () => {
  let served: Served;
  let browser: Browser;
  let page: Page;
  let observer: Observer;
  let complaints: string[];

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveWorkbench(), launchBrowser()]);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
    complaints = listenForComplaints(page);
    await page.goto(served.url);
    observer = await observe(served);
  }, 120_000);
  afterAll(async () => {
    observer?.leave();
    await browser?.close();
    await served?.end();
  });

  test('it costs that fit and nothing else; the page says so, and the next fit works', async () => {
    const { client, telemetry } = observer;
    const answer = await client.takeControls({ take: true });
    const lease = 'lease' in answer ? answer.lease : '';
    await client.chooseSetup({ lease, model: 'ensemble' });
    await client.changeSettings({ lease, values: { 'model.firstSteps': 100_000 } }); // minutes: it is killed long before its end
    await client.forget({ lease });
    const learning = async () => (await client.snapshot()).learning;
    await until(async () => (await learning()).fit !== null, 'a fit is under way', 60_000);
    const killed = learnerOf(served.pid)!;
    expect(killed).toBeGreaterThan(0);
    const { fits } = await learning();
    const notices: string[] = [];
    client.on('notice', ({ text }) => notices.push(text));
    await client.changeSettings({ lease, values: { 'model.firstSteps': 200 } }); // of the next one
    // what was said before the page came is old news to it
    await until(
      async () => /^RUNNING/.test((await page.getByRole('status').first().textContent())?.trim() ?? ''),
      'the page is there',
      60_000,
    );
    const sentence = /The learner process was killed \(SIGKILL\) during a fit\. The next fit starts it anew\./;
    const shown = page.getByText(sentence).first().waitFor({ timeout: 60_000 }); // it leaves by itself: looked for from the beginning
    process.kill(killed, 'SIGKILL');

    await until(() => notices.some((text) => sentence.test(text)), 'the loss of the fit is told', 60_000);
    expect(notices.filter((text) => sentence.test(text))).toHaveLength(1);
    await shown;
    const folder = join(import.meta.dirname, '../../test-results');
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, 'learnerKilled.png') });

    const before = telemetry.length;
    await until(() => telemetry.length > before + 5, 'the loop goes on', 60_000);
    expect(observer.status().state).toBe('RUNNING');
    await until(async () => (await learning()).fits > fits, 'the next fit is done', 120_000);
    expect((await learning()).fault).toBe('');
    expect(learnerOf(served.pid)).not.toBe(killed);
    // no period is missing in what was seen of the episode that was hit
    const seen = stepsOf(telemetry);
    const last = seen.at(-1)!.episode;
    const steps = seen.filter(({ episode }) => episode === last).map(({ step }) => step);
    expect(steps).toEqual(Array.from({ length: steps.length }, (_, i) => steps[0]! + i));
    expect(complaints).toEqual([]);
  }, 400_000);
});

/** The child of the workbench that fits models. */
function learnerOf(pid: number): number | undefined {
  const line = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((row) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(row))
    .find((row) => row !== null && Number(row[2]) === pid && /learner\.js/.test(row[3]!));
  return line == null ? undefined : Number(line[1]);
}
