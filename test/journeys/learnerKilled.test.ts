/** The learner process is killed in the middle of a fit, with a page in Chromium that looks on. */
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
} from './harness';

/** Training steps that take many seconds: it is killed at their beginning. */
const LONG = 100_000;

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
    // what was said before the page came is old news to it
    await until(
      async () => /^RUNNING/.test((await page.getByRole('status').first().textContent())?.trim() ?? ''),
      'the page is there',
      60_000,
    );
    await client.changeSettings({ lease, values: { 'model.firstSteps': LONG } });
    await client.forget({ lease });
    const learning = async () => (await client.snapshot()).learning;
    // this very fit: one that began before the setting would be called off, and the kill would cost nothing
    await until(async () => (await learning()).fit?.total === LONG, 'the long fit is under way', 60_000);
    const killed = learnerOf(served.pid)!;
    expect(killed).toBeGreaterThan(0);
    const notices: string[] = [];
    client.on('notice', ({ text }) => notices.push(text));
    const sentence = /The learner process was killed \(SIGKILL\) during a fit\. The next fit starts it anew\./;
    const shown = page.getByText(sentence).first().waitFor({ timeout: 60_000 }); // it leaves by itself: looked for from the beginning
    const { fits } = await learning();
    await client.changeSettings({ lease, values: { 'model.firstSteps': 200 } }); // of the next one
    telemetry.length = 0; // rows of runs before bear the same numbers
    process.kill(killed, 'SIGKILL');

    await shown;
    expect(notices.filter((text) => sentence.test(text))).toHaveLength(1);
    const folder = join(import.meta.dirname, '../../test-results');
    mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: join(folder, 'learnerKilled.png') });

    const then = telemetry.length;
    await until(() => telemetry.length > then + 5, 'the loop goes on', 60_000);
    expect(observer.status().state).toBe('RUNNING');
    await until(async () => (await learning()).fits > fits, 'the next fit is done', 120_000);
    expect((await learning()).fault).toBe('');
    expect(learnerOf(served.pid)).not.toBe(killed);
    // no period is missing from the kill on
    const seen = stepsOf(telemetry);
    const breaks = seen.filter(({ episode, step }, i) => {
      const before = seen[i - 1];
      return before !== undefined && (episode === before.episode ? step !== before.step + 1 : step !== 0);
    });
    expect(breaks).toEqual([]);
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
