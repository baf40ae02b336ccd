/** Two episodes side by side with the plots of both, drawn by the panels that draw what runs. In a real browser. */
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, listenForComplaints, noBrowser } from '../journeys/harness';
import { servePageUnderTest } from './page/pageUnderTest';
import { replayedRun } from './replayedRun';

const { seconds } = replayedRun();

describe.skipIf(noBrowser !== undefined)('a replay', () => {
  let served: Awaited<ReturnType<typeof servePageUnderTest>>;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  let stack: Locator;

  beforeAll(async () => {
    served = await servePageUnderTest();
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1000, height: 720 } });
    complaints = listenForComplaints(page);
    await page.goto(served.url);
    await page.waitForFunction(() => typeof window.show === 'function');
    await page.evaluate(() => window.show({ panel: 'replayed', snapshot: 'recorded', setup: 'light', theme: 'dark', guide: false }));
    stack = page.getByRole('group', { name: 'Plots on one time axis' });
    await page.waitForTimeout(800);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    served?.close();
  });

  const seek = async (at: number) => {
    await page.evaluate((to) => window.replayed.seek(to), at);
    await page.waitForTimeout(300);
  };
  const cursorAt = async () => (await page.locator('.cursor').boundingBox())!.x;
  /** How many pixels of an element are of about this colour. */
  const coloured = (selector: string, [r, g, b]: readonly [number, number, number]) =>
    page.locator(selector).evaluateAll(
      (canvases, colour) =>
        canvases.reduce((sum, canvas) => {
          const { width, height } = canvas as HTMLCanvasElement;
          const { data } = (canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
          for (let i = 0; i < data.length; i += 4)
            if (data[i + 3] > 200 && colour.every((part, c) => Math.abs(data[i + c] - part) < 24)) sum++;
          return sum;
        }, 0),
      [r, g, b] as const,
    );

  test('shows both scenes with their names, and no more than fits', async () => {
    expect(await page.getByRole('region', { name: 'Scene of A, light-002' }).isVisible()).toBe(true);
    expect(await page.getByRole('region', { name: 'Scene of B, light-004' }).isVisible()).toBe(true);
    expect(await page.getByText('Predicted tip paths').count()).toBe(0);
    expect(await page.locator('.readout:visible, .legend:visible').count()).toBe(0);
    expect(await page.getByRole('button', { name: 'Freeze view' }).count()).toBe(0);
    expect(await page.getByRole('group', { name: 'Point of view' }).count()).toBeLessThanOrEqual(1);
  });
  test('draws the first episode, the second and the plan of the cursor, each in its colour', async () => {
    const plots = '.plotrow canvas';
    expect(await coloured(plots, [240, 244, 248])).toBeGreaterThan(500);
    expect(await coloured(plots, [167, 133, 213])).toBeGreaterThan(300);
    expect(await coloured(plots, [255, 176, 0])).toBeGreaterThan(100);
    await seek(0.2);
    expect(await coloured(plots, [255, 176, 0])).toBe(0); // there no plan was followed
    await seek(seconds / 2);
    expect(await coloured(plots, [255, 176, 0])).toBeGreaterThan(100);
  });
  test('says the values of both at the cursor', async () => {
    const heading = page.locator('.plotrow', { hasText: 'cost so far' }).locator('h3');
    await seek(1);
    const early = await heading.locator('.num').allInnerTexts();
    await seek(1.4);
    const late = await heading.locator('.num').allInnerTexts();
    expect(early).toHaveLength(2);
    for (const i of [0, 1]) expect(Number(late[i])).toBeGreaterThan(Number(early[i]));
    await seek(0.1);
    expect((await heading.locator('.num').allInnerTexts())[1]).toBe('–'); // the second had not begun
  });
  test('the cursor moves evenly over the run, and goes where the mouse puts and drags it', async () => {
    const places: number[] = [];
    for (const at of [0, seconds / 2, seconds]) {
      await seek(at);
      places.push(await cursorAt());
    }
    expect(places[1]).toBeCloseTo((places[0] + places[2]) / 2, 0);
    const box = (await stack.boundingBox())!;
    await page.mouse.move(places[0] + 0.25 * (places[2] - places[0]), box.y + 200);
    await page.mouse.down();
    expect(await page.evaluate(() => window.replayed.cursor)).toBeCloseTo(0.25 * seconds, 1);
    await page.mouse.move(places[0] + 0.75 * (places[2] - places[0]), box.y + 20, { steps: 4 });
    await page.mouse.up();
    await page.mouse.move(places[0], box.y + 200);
    expect(await page.evaluate(() => window.replayed.cursor)).toBeCloseTo(0.75 * seconds, 1);
  });
  test('the wheel looks closer around the mouse', async () => {
    await seek(0);
    const from = await cursorAt();
    await seek(seconds);
    const to = await cursorAt();
    const box = (await stack.boundingBox())!;
    await page.mouse.move(from + 0.4 * (to - from), box.y + 100);
    await page.mouse.wheel(0, -400);
    await page.waitForTimeout(200);
    const span = await page.evaluate(() => window.replayed.span);
    expect(span.to - span.from).toBeLessThan(0.8 * seconds);
    expect((0.4 * seconds - span.from) / (span.to - span.from)).toBeCloseTo(0.4, 1);
    await seek(0);
    expect(await page.locator('.cursor').isVisible()).toBe(false); // it lies outside
  });
  test('nobody complained', () => expect(complaints).toEqual([]));
});
