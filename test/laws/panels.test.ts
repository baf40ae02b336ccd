/**
 * What every panel owes: it mounts before anything happened and over a run that happened, complains of nothing, asks the
 * policy of the page for nothing, and has a name and a contrast for everything that it shows. In a real browser.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser, listenForComplaints, noBrowser } from '../journeys/harness';
import { servePageUnderTest } from '../renderer/page/pageUnderTest';
import type { Wanted } from '../renderer/page/main';

/** One folder is one panel; the registry is held against the folders below. */
const panelNames = readdirSync(join(import.meta.dirname, '../../src/renderer/panels'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

describe.skipIf(noBrowser !== undefined)('panels', () => {
  let served: Awaited<ReturnType<typeof servePageUnderTest>>;
  let browser: Browser;
  let page: Page;
  let complaints: string[];

  beforeAll(async () => {
    served = await servePageUnderTest();
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    complaints = listenForComplaints(page);
    await page.goto(served.url);
    await page.waitForFunction(() => typeof window.show === 'function');
    await page.evaluate(axe);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    served?.close();
  });

  async function show(wanted: Partial<Wanted> & { panel: string }): Promise<void> {
    complaints.length = 0;
    await page.evaluate((all) => window.show(all), {
      snapshot: 'recorded',
      setup: 'light',
      theme: 'dark',
      guide: false,
      ...wanted,
    } as Wanted);
    await page.waitForTimeout(500);
  }
  /** What axe objects to, as sentences. */
  async function objections(): Promise<string[]> {
    return page.evaluate(async () => {
      const run = (
        window as unknown as {
          axe: {
            run(
              root: Element,
              options: unknown,
            ): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
          };
        }
      ).axe;
      // the page under test is not the page: where the landmarks stand is judged with the whole of it
      const { violations } = await run.run(document.body, {
        rules: {
          region: { enabled: document.getElementById('app')!.className === 'whole' },
          'page-has-heading-one': { enabled: document.getElementById('app')!.className === 'whole' },
        },
      });
      return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary?.split('\n')[1] ?? ''}`),
      );
    });
  }

  test('every folder of a panel has its line in the registry', async () => {
    expect(await page.evaluate(() => window.panelNames.slice().sort())).toEqual(panelNames.slice().sort());
  });

  for (const panel of panelNames)
    for (const snapshot of ['empty', 'recorded'] as const)
      test(`${panel} mounts with an ${snapshot} workbench, and nobody objects`, async () => {
        await show({ panel, snapshot, guide: panel === 'guide' });
        expect(complaints).toEqual([]);
        expect(await objections()).toEqual([]);
      });

  for (const theme of ['dark', 'light'] as const)
    for (const guide of [false, true])
      test(`the whole page in ${theme}, ${guide ? 'at the first start' : 'with everything'}, has no objection`, async () => {
        await show({ panel: 'all', theme, guide });
        expect(complaints).toEqual([]);
        expect(await objections()).toEqual([]);
      });

  for (const state of ['STOPPED', 'FAULT', 'PAUSED'])
    test(`the whole page in state ${state} has no objection`, async () => {
      await show({ panel: 'all', state });
      expect(await page.locator('.bar [role=status]').innerText()).toContain(state);
      expect(complaints).toEqual([]);
      expect(await objections()).toEqual([]);
    });

  for (const theme of ['dark', 'light'] as const)
    test(`the recordings in ${theme}, one replayed and two compared, have no objection`, async () => {
      await show({ panel: 'all', theme });
      await page.keyboard.press('r');
      const rows = page.getByRole('row');
      await rows.filter({ hasText: 'cartPole-light 2' }).locator('.name button').click();
      await page.getByText('of 3.45 s, recorded').waitFor();
      expect(await objections()).toEqual([]);
      await page.getByRole('checkbox', { name: /episode-1/ }).click();
      await page.getByRole('combobox', { name: 'Where B is laid over A' }).waitFor();
      expect(await page.getByTestId('scene-B').count()).toBe(1);
      expect(await objections()).toEqual([]);
      expect(complaints).toEqual([]);
    });

  for (const theme of ['dark', 'light'] as const)
    test(`an import under way in ${theme} shows how it stands, and is cancelled by its button`, async () => {
      await show({ panel: 'all', theme });
      await page.keyboard.press('r');
      await page.getByRole('row').filter({ hasText: 'cartPole-light 2' }).first().waitFor();
      await page.evaluate(() =>
        window.scripted!.announce('recordingWork', { what: 'Importing a.csv: read', done: 250, total: 1000, unit: 'MB', secondsLeft: 42 }),
      );
      const bar = page.getByRole('progressbar', { name: 'Importing a.csv: read' });
      await expect.poll(() => bar.getAttribute('aria-valuenow')).toBe('25');
      expect(await page.locator('.work').innerText()).toMatch(/250 \/ 1000 MB\s+42 s left/);
      expect(await objections()).toEqual([]);
      await page.locator('.work').getByRole('button', { name: 'Cancel' }).click();
      expect(await page.evaluate(() => window.scripted!.named('cancelRecordingWork').length)).toBe(1);
      await page.evaluate(() => window.scripted!.announce('recordingWork', null));
      await bar.waitFor({ state: 'detached' });
      expect(complaints).toEqual([]);
    });

  test('on the recordings Space is Stop while a loop runs, and plays when none does', async () => {
    const stops = () => page.evaluate(() => window.scripted!.named('stop').length);
    const time = async () => Number(await page.locator('.transport .time .num').innerText());
    for (const state of ['RUNNING', 'STOPPED']) {
      await show({ panel: 'all', state });
      await page.keyboard.press('r');
      await page.getByRole('row').filter({ hasText: 'cartPole-light 2' }).locator('.name button').click();
      await page.getByText('of 3.45 s, recorded').waitFor();
      await page.keyboard.press('Home');
      for (let press = 0; press < 3; press++) await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Shift+ArrowRight');
      await expect.poll(time).toBe(0.65);
      await page.keyboard.press('ArrowLeft');
      await expect.poll(time).toBe(0.6);
      await page.keyboard.press('Space');
      const playing = await page.locator('.transport').getByRole('button', { name: 'Pause' }).count();
      expect([await stops(), playing]).toEqual(state === 'RUNNING' ? [1, 0] : [0, 1]);
      if (state === 'STOPPED') await expect.poll(time, { timeout: 15_000 }).toBe(3.45); // it stands at the end
    }
    await page.keyboard.press('Escape');
    expect(await page.getByRole('button', { name: 'Workbench' }).getAttribute('aria-current')).toBe('page');
  });

  test('a blank in a note is Shift and Space while Space is Stop', async () => {
    await show({ panel: 'all' });
    await page.keyboard.press('r');
    await page.getByRole('row').filter({ hasText: 'cartPole-light 2' }).locator('.name button').click();
    const note = page.getByRole('textbox', { name: 'Note' });
    await note.pressSequentially('new');
    await page.keyboard.press('Shift+Space');
    await note.pressSequentially('belt');
    await page.getByRole('textbox', { name: /^Tags/ }).fill('bench 2, , a');
    await page.keyboard.press('Enter');
    const marked = await page.evaluate(() => window.scripted!.named('markRecording').map(({ params }) => params.marks));
    expect(marked).toEqual([
      { tags: [], note: 'new belt', heldOut: false },
      { tags: ['bench 2', 'a'], note: 'new belt', heldOut: false },
    ]);
    expect(await page.evaluate(() => window.scripted!.named('stop').length)).toBe(0);
    await page.keyboard.press('Space');
    expect(await page.evaluate(() => window.scripted!.named('stop').length)).toBe(1);
  });

  test('a setup is saved under a name, replaced by a second Enter, compared, loaded and deleted, all by keys', async () => {
    await show({ panel: 'all', state: 'STOPPED' });
    const asked = (name: string) =>
      page.evaluate((wanted) => window.scripted!.named(wanted).map(({ params }) => ({ ...params, lease: undefined })), name);
    const saveAs = page.getByRole('button', { name: 'Save as…' });
    const field = page.getByRole('textbox', { name: 'Name to save the setup under' });
    const press = async (name: string) => {
      await page.getByRole('button', { name, exact: true }).focus();
      await page.keyboard.press('Enter');
    };
    await press('Save as…');
    await field.fill('  my rig ');
    expect(await objections()).toEqual([]);
    await page.keyboard.press('Enter');
    await expect.poll(() => field.count()).toBe(0);
    expect(await saveAs.evaluate((button) => button === document.activeElement)).toBe(true);
    expect(await page.getByRole('combobox', { name: 'Saved setup' }).innerText()).toBe('my rig');
    await page.keyboard.press('Enter');
    await field.fill('bench 2');
    await page.keyboard.press('Enter');
    expect(await asked('saveSetup')).toEqual([{ name: 'my rig', replace: false }]);
    expect(await page.getByRole('button', { name: 'Replace', exact: true }).evaluate((button) => button === document.activeElement)).toBe(
      true,
    );
    await page.keyboard.press('Enter');
    await expect
      .poll(() => asked('saveSetup'))
      .toEqual([
        { name: 'my rig', replace: false },
        { name: 'bench 2', replace: true },
      ]);
    await press('Differs in 2 settings');
    const row = page.locator('.saved').getByRole('row');
    expect(await row.allInnerTexts()).toEqual([
      expect.stringMatching(/now\s+saved/),
      expect.stringMatching(/^seed\s+1\s+9$/),
      expect.stringMatching(/^Horizon\s+1\.20? s\s+2\.00? s$/),
    ]);
    expect(await objections()).toEqual([]);
    await press('Load');
    await page.locator('.saved').getByRole('button', { name: 'Delete' }).click();
    expect([await asked('loadSetup'), await asked('trashSetup')]).toEqual([[{ name: 'bench 2' }], [{ name: 'bench 2' }]]);
    expect(complaints).toEqual([]);
  });

  test('a saved setup that cannot be loaded says why, and Space is Stop while its name is typed', async () => {
    await show({ panel: 'all' });
    const box = page.getByRole('combobox', { name: 'Saved setup' });
    await box.click();
    await page.getByRole('option', { name: /^left/ }).click();
    const group = page.locator('.saved');
    expect(await group.getByRole('status').innerText()).toBe('It cannot be loaded. This is not JSON.');
    expect(await group.getByRole('button', { name: 'Load' }).isDisabled()).toBe(true);
    expect(await objections()).toEqual([]);
    await group.getByRole('button', { name: 'Save as…' }).click();
    await page.keyboard.type('bench');
    await page.keyboard.press('Shift+Space');
    await page.keyboard.type('3');
    expect(await group.getByRole('textbox').inputValue()).toBe('bench 3');
    expect(await page.evaluate(() => window.scripted!.named('stop').length)).toBe(0);
    await page.keyboard.press('Space');
    expect(await page.evaluate(() => window.scripted!.named('stop').length)).toBe(1);
    expect(await group.getByRole('textbox').inputValue()).toBe('bench 3');
  });

  test('a page that only watches can change nothing but Stop, and says how to take the controls', async () => {
    await show({ panel: 'all', heldByOther: true });
    const enabled = await page.evaluate(
      () => [...document.querySelectorAll('.forms input:not(:disabled), .forms [role=combobox]:not(:disabled)')].length,
    );
    expect(enabled).toBe(0);
    expect(await page.getByRole('button', { name: 'Take controls' }).count()).toBe(1);
    expect(await page.getByRole('button', { name: /^STOP/ }).isEnabled()).toBe(true);
    expect(await objections()).toEqual([]);
  });

  test('Space and Esc stop whatever has the focus, once for each press', async () => {
    await show({ panel: 'all' });
    const stops = () => page.evaluate(() => window.scripted!.named('stop').length);
    const reach = ['.forms input[type=text]', '.forms [role=combobox]', '.forms input[type=range]', '.bar button'];
    for (const [i, selector] of reach.entries()) {
      await page.locator(selector).first().focus();
      await page.keyboard.press(i % 2 === 0 ? 'Space' : 'Escape');
      expect(await stops()).toBe(i + 1);
    }
    // held down: the repeats are the same press
    await page.keyboard.down('Space');
    await page.keyboard.down('Space');
    await page.keyboard.up('Space');
    expect(await stops()).toBe(reach.length + 1);
    expect(await page.evaluate(() => window.scripted!.asked.filter(({ name }) => name === 'pause' || name === 'start').length)).toBe(0);
  });

  test('an open list of choices keeps no key from Stop, and chooses by Enter', async () => {
    await show({ panel: 'all' });
    const box = page.getByRole('combobox', { name: 'Model' });
    await box.click();
    expect(await page.getByRole('option').count()).toBeGreaterThan(3);
    expect(await objections()).toEqual([]);
    await page.keyboard.press('Space');
    await page.keyboard.press('Escape');
    expect(await page.evaluate(() => window.scripted!.named('stop').length)).toBe(2);
    expect(await page.evaluate(() => window.scripted!.named('chooseSetup').length)).toBe(0);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const first = await page.evaluate(() => window.scripted!.snapshot.catalog.models[0].id);
    expect(await page.evaluate(() => window.scripted!.named('chooseSetup').map(({ params }) => params.model))).toEqual([first]);
    expect(await page.getByRole('option').count()).toBe(0);
  });

  test('when no loop runs Space is a key like any other', async () => {
    await show({ panel: 'all', state: 'STOPPED' });
    await page.getByRole('button', { name: 'Start again' }).first().focus();
    await page.keyboard.press('Space');
    expect(
      await page.evaluate(() => window.scripted!.asked.map(({ name }) => name).filter((name) => name === 'start' || name === 'stop')),
    ).toEqual(['start']);
  });

  test('Home and End on a slider are the slider’s', async () => {
    await show({ panel: 'all' });
    const slider = page.locator('.forms input[type=range]').first();
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await slider.inputValue()).toBe(await slider.getAttribute('min'));
    await page.keyboard.press('End');
    expect(await slider.inputValue()).toBe(await slider.getAttribute('max'));
  });

  test('a key typed into a field is text, not a command', async () => {
    await show({ panel: 'all' });
    await page.locator('.forms input[type=text]').first().focus();
    await page.keyboard.press('k');
    await page.keyboard.press('p');
    expect(await page.evaluate(() => window.scripted!.asked.filter(({ name }) => name === 'push' || name === 'pause'))).toEqual([]);
  });

  test('without WebGL2 the scene is drawn on a 2D canvas, and the strip says so', async () => {
    const plain = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const said = listenForComplaints(plain);
    await plain.addInitScript(() => {
      const original = HTMLCanvasElement.prototype.getContext as (
        this: HTMLCanvasElement,
        kind: string,
        options?: unknown,
      ) => RenderingContext | null;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, options?: unknown) {
        return kind.startsWith('webgl') ? null : original.call(this, kind, options);
      } as typeof HTMLCanvasElement.prototype.getContext;
    });
    await plain.goto(served.url);
    await plain.waitForFunction(() => typeof window.show === 'function');
    await plain.evaluate(() => window.show({ panel: 'all', snapshot: 'recorded', setup: 'light', theme: 'dark', guide: false }));
    await plain.waitForTimeout(800);
    const drawn = await plain.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('[data-testid=scene] canvas')!;
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let [amber, any] = [0, 0];
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] > 40) any++;
        if (data[i + 3] > 200 && data[i] > 200 && data[i + 1] > 130 && data[i + 2] < 80) amber++;
      }
      return { amber, any };
    });
    expect(drawn.any).toBeGreaterThan(5000);
    expect(drawn.amber).toBeGreaterThan(100);
    expect(await plain.getByRole('region', { name: 'Status' }).innerText()).toMatch(/Canvas 2D, 60 paths, 8 Hz/);
    expect(said).toEqual([]);
    await plain.close();
  });

  test('every drawn frame of a plan gives one credit back, after two at the start', async () => {
    await show({ panel: 'all' });
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => window.scripted!.credits)).toBe(3);
  });
});
