/** What was recorded, looked at again in Chromium: list, replay, comparison, words, recovery, trash; files are the truth beside it. */
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readEpisodeFile } from '../../src/main/storage/readEpisodeFile';
import { launchBrowser, listenForComplaints, noBrowser, serveWorkbench, until, type Served } from './harness';
import { filesIn } from './recordedKills';

describe.skipIf(noBrowser !== undefined)(`in Chromium${noBrowser === undefined ? '' : ` (skipped: ${noBrowser})`}`, () => {
  let served: Served;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  const at = (name: string) => join(served.home, 'recordings', name);
  const row = (name: string) => page.getByRole('row', { name: name.replace(/\.mcap(\.part)?$/, ''), exact: true });
  const number = async (selector: string) => Number((await page.locator(selector).first().innerText()).replace('\u2212', '-'));

  beforeAll(async () => {
    const small = ['planner.population=64', 'planner.iterations=2', 'learning.episode=2'];
    [served, browser] = await Promise.all([
      serveWorkbench('--setup', 'pendulum', ...small.flatMap((value) => ['--set', value])),
      launchBrowser(),
    ]);
    page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: 'dark' });
    complaints = listenForComplaints(page);
    await until(() => filesIn(served.home, '.mcap').length >= 3, 'three episodes are recorded', 60_000);
    await page.goto(served.url);
  });
  afterAll(async () => {
    await browser?.close();
    await served?.end();
  });

  test('the workbench records by itself, says what is safe, and lists what it wrote, the newest first', async () => {
    await page.getByText(/safe up to \d+\.\d s ago/).waitFor();
    await page.getByRole('button', { name: 'STOP' }).click();
    await until(() => filesIn(served.home, '.part').length === 0, 'the last recording is closed');
    await page.keyboard.press('r');
    const names = filesIn(served.home, '.mcap');
    await expect.poll(() => page.getByRole('row').locator('.name').count()).toBe(names.length);
    const shown = await page.getByRole('row').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')).filter(Boolean));
    expect(shown).toEqual(names.map((name) => name.replace('.mcap', '')).reverse());
  });

  test('one that is chosen is replayed: the numbers at the cursor are those of the file', async () => {
    const [, name] = filesIn(served.home, '.mcap');
    const { periods } = readEpisodeFile(at(name!));
    await row(name!).locator('.name button').click();
    await page.getByText(`of ${periods.at(-1)!.time.toFixed(2)} s, recorded`).waitFor();
    await page.keyboard.press('Home');
    for (let steps = 0; steps < 2; steps++) await page.keyboard.press('Shift+ArrowRight');
    for (let steps = 0; steps < 3; steps++) await page.keyboard.press('ArrowRight');
    const period = periods[23]!;
    await expect.poll(() => number('.transport .time .num')).toBeCloseTo(period.time, 2);
    const degrees = (period.state[0]! * 180) / Math.PI;
    await expect.poll(() => number('.replay .plotrow .num')).toBeCloseTo(degrees, 0);
    // the plan that was acted on then, with the paths that were drawn
    await page.getByText('the plan at the cursor').waitFor();
    expect(await page.getByTestId('scene-A').count()).toBe(1);
  });

  test('it plays at ten times the speed to its end, and again from the beginning', async () => {
    await page.locator('.transport input[type=range]').fill('1000');
    await page.keyboard.press('Home');
    await page.locator('.transport input[type=range]').blur();
    await page.locator('.transport input[type=range]').fill('1000');
    await page.locator('.transport').getByRole('button', { name: 'Play' }).click();
    await page.locator('.transport').getByRole('button', { name: 'Play' }).waitFor();
    const end = Number((await page.getByText(/^of [\d.]+ s, recorded$/).innerText()).split(' ')[1]);
    expect(await number('.transport .time .num')).toBe(end);
  });

  test('two are laid over each other, and what differs between their setups is said', async () => {
    const [first, second] = filesIn(served.home, '.mcap');
    await row(first!).locator('.name button').click();
    await row(second!).getByRole('checkbox').click();
    await page.getByTestId('scene-B').waitFor();
    await page.getByText('The setups of A and B are equal').waitFor();
    const shift = page.getByRole('textbox', { name: /Seconds by which B is shifted/ });
    await shift.fill('0.5');
    await shift.press('Enter');
    await page.getByRole('combobox', { name: 'Where B is laid over A' }).getByText('by hand').waitFor();
  });

  test('words stand beside the file, and a search finds them', async () => {
    const [name] = filesIn(served.home, '.mcap');
    const before = readFileSync(at(name!));
    await row(name!).locator('.name button').click();
    await page.getByRole('textbox', { name: 'Note' }).fill('the belt was loose');
    await page.getByRole('textbox', { name: /^Tags/ }).fill('bench 2');
    await page.keyboard.press('Enter');
    await page.getByLabel('held out of fits').click();
    await expect
      .poll(() => existsSync(at(`${name!}.notes.json`)) && JSON.parse(readFileSync(at(`${name!}.notes.json`), 'utf8')))
      .toEqual({ tags: ['bench 2'], note: 'the belt was loose', heldOut: true });
    expect(readFileSync(at(name!)).equals(before)).toBe(true);
    await page.keyboard.press('/');
    await page.getByRole('textbox', { name: 'Search recordings' }).fill('belt bench');
    await expect.poll(() => page.getByRole('row').locator('.name').count()).toBe(1);
    await page.getByRole('textbox', { name: 'Search recordings' }).fill('');
  });

  test('what was left in the middle is offered, recovered, and the loss said', async () => {
    const [name] = filesIn(served.home, '.mcap');
    const bytes = readFileSync(at(name!));
    writeFileSync(at('left.mcap.part'), bytes);
    truncateSync(at('left.mcap.part'), Math.floor(bytes.length * 0.7));
    await page.reload(); // files that others put there are seen when the folder is looked into again
    await page.keyboard.press('r');
    await row('left.mcap.part').getByRole('button', { name: 'Recover' }).click();
    await page.getByText(/repaired: .*left\.mcap\.part is now .*left\.mcap/).waitFor();
    expect(readEpisodeFile(at('left.mcap')).periods.length).toBeGreaterThan(10);
    expect(readFileSync(at('left.mcap.part')).length).toBe(Math.floor(bytes.length * 0.7));
  });

  test('what is deleted lies in the trash, with the words beside it', async () => {
    const [name] = filesIn(served.home, '.mcap');
    const bytes = readFileSync(at(name!));
    await row(name!).locator('.name button').click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await expect.poll(() => existsSync(at(name!))).toBe(false);
    expect(existsSync(at(`${name!}.notes.json`))).toBe(false);
    const trash = join(served.home, 'data/Trash/files');
    const sizes = readdirSync(trash).map((file) => readFileSync(join(trash, file)).length);
    expect(sizes).toHaveLength(2);
    expect(sizes).toContain(bytes.length);
    await expect.poll(() => row(name!).count()).toBe(0);
  });

  test('the setup of a recording runs again, and the page complained of nothing', async () => {
    const [name] = filesIn(served.home, '.mcap');
    await row(name!).locator('.name button').click();
    const hash = ((await page.locator('.card dd').nth(1).innerText()) ?? '').split(' ').at(-1)!;
    await page.getByRole('button', { name: 'Load setup' }).click();
    await page.getByRole('button', { name: 'Workbench' }).click();
    await until(async () => ((await page.getByRole('status').first().textContent()) ?? '').includes('RUNNING'), 'it runs again', 60_000);
    await page.getByRole('button', { name: 'Show all settings' }).click();
    await page.getByText(hash).waitFor();
    expect(complaints).toEqual([]);
  });
});
