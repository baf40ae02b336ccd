/** One visit to the workbench in Chromium, with a second client in Node that sees every period: what the page shows is held to it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decode } from '../../src/shared/contract/codec';
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

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser === undefined ? '' : ` (skipped: ${noBrowser})`}`, () => {
  let served: Served;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let observer: Observer;
  let complaints: string[];
  /** Names of the events that the page received. */
  const received: string[] = [];
  /** Names of the calls that the page made. */
  const called: string[] = [];

  beforeAll(async () => {
    [served, browser] = await Promise.all([serveWorkbench(), launchBrowser()]);
    context = await browser.newContext({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
    page = await context.newPage();
    complaints = listenForComplaints(page);
    page.on('websocket', (socket) => {
      const read = (payload: string | Buffer) =>
        typeof payload === 'string' ? undefined : (decode(new Uint8Array(payload)) as { kind: string; name: string });
      socket.on('framereceived', ({ payload }) => {
        const message = read(payload);
        if (message?.kind === 'event') received.push(message.name);
      });
      socket.on('framesent', ({ payload }) => {
        const message = read(payload);
        if (message?.kind === 'call') called.push(message.name);
      });
    });
    await page.goto(served.url);
    observer = await observe(served);
  });
  afterAll(async () => {
    observer?.leave();
    await browser?.close();
    await served?.end();
  });

  const word = async () => (await page.getByRole('status').first().textContent())?.trim() ?? '';
  const shows = (state: string) => until(async () => (await word()).startsWith(state), `the page shows ${state}`);
  /** The one in the bar; the scene offers it too. */
  const startAgain = (on: Page) => on.getByRole('banner').getByRole('button', { name: 'Start again' });
  /**
   * Commands from the page until they had their effect: on a machine so busy that the page answers no ping for 750 ms, it loses
   * the controls and takes them again, and what was asked in between is refused.
   */
  const commanding = async (act: () => Promise<unknown>, claim: () => boolean, says: string) => {
    const end = performance.now() + 40_000;
    while (performance.now() < end) {
      await until(async () => (await page.getByText('yours').count()) > 0, 'the page holds the controls');
      await act();
      const patience = performance.now() + 3000;
      while (performance.now() < patience) {
        if (claim()) return;
        await page.waitForTimeout(20);
      }
    }
    throw new Error(`Asked for 40 s in vain: ${says}.`);
  };
  const picture = (name: string) => {
    const folder = join(import.meta.dirname, '../../test-results');
    mkdirSync(folder, { recursive: true });
    return page.screenshot({ path: join(folder, `${name}.png`) });
  };
  /** Whether the pictures of an element differ within some seconds: it moves. */
  const moves = async (selector: string, patience = 10_000) => {
    const element = page.locator(selector).first();
    const before = await element.screenshot();
    await until(async () => !(await element.screenshot()).equals(before), `${selector} moves`, patience);
  };

  test('the page opens on a running simulation and takes the token out of the address bar', async () => {
    await shows('RUNNING');
    expect(page.url()).toBe(`http://127.0.0.1:${served.port}/`);
    expect(await page.evaluate(() => document.cookie)).toBe('');
  });

  test('scene, plots and figures move; plans arrive as fast as the page draws them', async () => {
    await until(() => received.includes('plan'), 'a plan frame', 60_000);
    await moves('[data-testid=scene]');
    for (const plot of await page.getByRole('img', { name: /over time/ }).all()) {
      const before = await plot.screenshot();
      await until(async () => !(await plot.screenshot()).equals(before), 'each plot moves');
    }
    const plans = () => received.filter((name) => name === 'plan').length;
    const before = plans();
    await until(() => plans() > before + 5, 'plan frames go on');
    // Flow control: a credit is given back for each frame that was drawn, so frames never outrun credits.
    expect(plans()).toBeLessThanOrEqual(called.filter((name) => name === 'planCredit').length + 2);
    await picture('workbench');
  });

  test('the fan is drawn in its colours, the chosen plan in its own', async () => {
    await until(async () => {
      const colours = await coloursOf(await page.locator('[data-testid=scene]').screenshot(), browser);
      return colours.amber > 100 && colours.viridis > 200;
    }, 'the chosen plan (amber) and the paths (viridis) are seen in the scene');
  });

  test('Stop: the command is zero within one period, and the page says why it stopped', async () => {
    await until(
      () => observer.status().state === 'RUNNING' && observer.telemetry.some(({ commands }) => commands.some((u) => u !== 0)),
      'a moving rig',
    );
    observer.telemetry.length = 0;
    const stopped = stepOfTheStop(observer);
    await page.getByRole('button', { name: /^STOP/ }).click();
    const { episode, step } = await stopped;
    await until(
      () => observer.telemetry.some((block) => block.episode === episode && block.firstStep + block.count > step + 8),
      'rows after the stop',
    );
    const rows = observer.telemetry.flatMap((block) =>
      Array.from(block.commands, (command, i) => ({ episode: block.episode, step: block.firstStep + i, command })),
    );
    const after = rows.filter((row) => row.episode === episode && row.step > step + 1);
    expect(after.length).toBeGreaterThan(5);
    expect(after.filter(({ command }) => command !== 0)).toEqual([]);
    await shows('STOPPED');
    expect(observer.status().reason).toMatch(/Stop button/);
  });

  test.each([
    ['Space', 'Space'],
    ['Escape', 'Esc'],
  ])('%s is Stop too, and does not start anything when it is released', async (key, name) => {
    await commanding(
      () => startAgain(page).click(),
      () => observer.status().state === 'RUNNING',
      'the loop starts again',
    );
    await shows('RUNNING');
    await page.keyboard.press(key);
    await shows('STOPPED');
    expect(observer.status().reason).toContain(name);
    await page.waitForTimeout(300);
    expect(await word()).toMatch(/^STOPPED/);
  });

  test('a reload re-attaches without disturbing the loop', async () => {
    await commanding(
      () => startAgain(page).click(),
      () => observer.status().state === 'RUNNING',
      'the loop starts again',
    );
    observer.telemetry.length = 0;
    await until(() => observer.telemetry.length > 2, 'rows before the reload');
    await page.reload();
    await shows('RUNNING');
    await moves('[data-testid=scene]');
    await until(() => stepsOf(observer.telemetry).length > 20, 'rows after the reload');
    const seen = stepsOf(observer.telemetry);
    const breaks = seen.filter(({ episode, step }, i) => {
      const before = seen[i - 1];
      return (
        before !== undefined && !(episode === before.episode && step === before.step + 1) && !(episode === before.episode + 1 && step === 0)
      );
    });
    expect(breaks).toEqual([]);
  });

  test('a change of a setting is shown as the loop confirmed it', async () => {
    const confirmed: Record<string, unknown>[] = [];
    observer.client.on('settings', ({ values, pending }) => confirmed.push({ ...values, ...pending }));
    await commanding(
      () => page.getByRole('button', { name: 'Drag the target' }).click(),
      () => confirmed.some((values) => values['task.target'] === 0.5),
      'the target is confirmed',
    );
    await page.getByRole('button', { name: 'Show all settings' }).click();
    const planner = page.getByRole('button', { name: /^Planner/ });
    if ((await planner.getAttribute('aria-expanded')) !== 'true') await planner.click();
    const field = page.getByRole('textbox', { name: /^Population/ });
    await commanding(
      async () => {
        await field.fill('160');
        await field.press('Enter');
      },
      () => confirmed.some((values) => values['planner.population'] === 160),
      'the population is confirmed',
    );
    expect(await field.inputValue()).toBe('160');
    await field.blur(); // letters typed into a field are no commands
    await picture('workbench-settings');
  });

  test('a kick pushes the simulated pole', async () => {
    const notices: string[] = [];
    observer.client.on('notice', ({ level, text }) => level !== 'note' && notices.push(text));
    await until(() => observer.status().state === 'RUNNING', 'a running loop');
    const pushes = () => called.filter((name) => name === 'push').length;
    const before = pushes();
    await commanding(
      () => page.keyboard.press('k'),
      () => pushes() > before,
      'the push is asked for',
    );
    await page.waitForTimeout(300);
    expect(notices.filter((text) => /push/i.test(text))).toEqual([]);
  });

  test('a page without the controls watches, may stop, and takes them over only when asked', async () => {
    const answer = await observer.client.takeControls({ take: true });
    const lease = 'lease' in answer ? answer.lease : '';
    const strip = page.getByLabel('Status', { exact: true });
    await strip.getByText('another window').waitFor();
    expect(
      await page
        .getByRole('banner')
        .getByRole('button', { name: /^Pause/ })
        .isDisabled(),
    ).toBe(true);
    await page.getByRole('button', { name: /^STOP/ }).click();
    await until(() => observer.status().state === 'STOPPED', 'the page stopped the loop');
    expect(await startAgain(page).isDisabled()).toBe(true);
    await observer.client.start({ lease }); // the holder may
    await until(() => observer.status().state === 'RUNNING', 'the holder started the loop');
    await strip.getByRole('button', { name: 'take' }).click();
    await strip.getByText('yours').waitFor();
    await expect(observer.client.start({ lease })).rejects.toThrow(/controls/i);
  });

  test('a page that hangs loses the controls, and the loop does not notice', async () => {
    await until(async () => (await page.getByText('yours').count()) > 0, 'the page holds the controls');
    const held: boolean[] = [];
    observer.client.on('controls', (controls) => held.push(controls.held));
    observer.telemetry.length = 0;
    await page.evaluate(() => {
      const end = performance.now() + 2500;
      while (performance.now() < end);
    });
    expect(held).toContain(false);
    expect(stepsOf(observer.telemetry).length).toBeGreaterThan(1);
    expect(observer.status().state).toBe('RUNNING');
  });

  test('nothing that was shown broke the content security policy, and no error was thrown', () => {
    expect(complaints).toEqual([]);
  });
});

/**
 * The step at which the control process was told to stop. The workbench says STOPPED at once, with the step it knew last; the
 * control process says it again, with its own.
 */
function stepOfTheStop({ client }: Observer): Promise<{ readonly episode: number; readonly step: number }> {
  let heard = 0;
  return new Promise((done) => {
    const off = client.on('status', ({ state, episode, step }) => {
      if (state !== 'STOPPED' || ++heard < 2) return;
      off();
      done({ episode, step });
    });
  });
}

/** Pixels of a picture that have the colours of the plan and of the paths, counted in an empty page. */
async function coloursOf(png: Buffer, browser: Browser): Promise<{ readonly amber: number; readonly viridis: number }> {
  const page = await browser.newPage();
  const counted = await page.evaluate(
    async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [image.width, image.height];
      const draw = canvas.getContext('2d')!;
      draw.drawImage(image, 0, 0);
      const { data } = draw.getImageData(0, 0, image.width, image.height);
      let [amber, viridis] = [0, 0];
      for (let i = 0; i < data.length; i += 4) {
        const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
        if (r > 200 && g > 120 && g < 200 && b < 90) amber++;
        else if (g > r + 25 && g > 60 && b > 40 && b < g + 40) viridis++; // from blue-green to green
      }
      return { amber, viridis };
    },
    `data:image/png;base64,${png.toString('base64')}`,
  );
  await page.close();
  return counted;
}
