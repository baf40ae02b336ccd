import { linkSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EpisodeHeader, RecordedPeriod } from '../../src/shared/episodes/record';
import { encodePlanFrame, type PlanFrame } from '../../src/shared/episodes/planFrame';
import { streamKey, uniform } from '../../src/shared/math/random';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import { episodeHeader } from '../../src/shared/setups/episodeHeader';
import { EpisodeFiles } from '../../src/main/storage/episodeFiles';
import { LibraryFolder } from '../../src/main/storage/library/library';
import { RecordingFile } from '../../src/main/storage/library/recordingFile';
import { launchBrowser, noBrowser, serveWorkbench } from '../journeys/harness';

const HOURS = 1;
const PERIOD = 0.005;
const ROWS = Math.round((HOURS * 3600) / PERIOD) + 1;
/** As the recorder closes a chunk every 40 ms. */
const ROWS_A_CHUNK = 8;
const folder = mkdtempSync(join(tmpdir(), 'upright-hour-'));
let path = '';
let short = '';
let idle = 0;

/** Milliseconds that a fixed piece of arithmetic takes: what the machine is worth now. */
function idleMs(): number {
  const from = performance.now();
  let sum = 0;
  for (let i = 0; i < 3e7; i++) sum += Math.sqrt(i);
  return sum > 0 ? performance.now() - from : 0;
}
const median = (values: readonly number[]) => values.slice().sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const timed = <T>(work: () => T): [number, T] => {
  const from = performance.now();
  const result = work();
  return [performance.now() - from, result];
};

beforeAll(() => {
  path = write('hour', ROWS);
  short = write('short', 1_601);
  idle = idleMs();
}, 1_200_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('an hour at 200 Hz opens in a second, seeks in 50 ms, and is listed', async () => {
  const [openMs, file] = timed(() => RecordingFile.open(path));
  try {
    expect(file.rows).toBe(ROWS);
    const draw = streamKey(1, 0, 0, 0);
    const windows = Array.from({ length: 50 }, (_, i) => uniform(draw, i) * (HOURS * 3600 - 12));
    const seeks = windows.map((from) => {
      const [ms, { every, rows }] = timed(() => file.rowsBetween(from, from + 12, 20_000));
      expect(every).toBe(1);
      expect(Math.abs(rows.count - 12 / PERIOD)).toBeLessThanOrEqual(1);
      expect(rows.states[0]).toBe(Math.sin(rows.times[0]!));
      return ms;
    });
    const plans = windows.map((from) => timed(() => file.plansBetween(from, from + 12, 400))[0]);
    const [overviewMs, overview] = timed(() => file.rowsBetween(0, file.seconds, 2_000));
    expect(overview.every).toBe(Math.ceil(ROWS / 2_000));
    expect(Array.from(overview.rows.times, (time) => Math.round(time / PERIOD))).toEqual(
      Array.from({ length: overview.rows.count }, (_, i) => i * overview.every),
    );
    const library = new LibraryFolder(dirname(path));
    const from = performance.now();
    const { recordings } = await library.list();
    const listMs = performance.now() - from;
    expect(recordings[0]).toMatchObject({ state: 'whole', rows: ROWS });
    const again = performance.now();
    await new LibraryFolder(dirname(path)).list();
    const figures = {
      megabytes: Math.round(statSync(path).size / 1e6),
      openMs,
      seekMs: { median: median(seeks), most: Math.max(...seeks) },
      plansMs: { median: median(plans), most: Math.max(...plans) },
      overviewMs,
      listMs,
      listAgainMs: performance.now() - again,
      heapMegabytes: Math.round(process.memoryUsage().heapUsed / 1e6),
    };
    console.log(figures);
    // the machine is as fast as when the file had just been written: others do not compute beside it now
    if (idleMs() > 1.3 * idle) return console.log('not asserted: busy. The machine itself is slower now.');
    expect(openMs).toBeLessThan(1_000);
    expect(figures.seekMs.median).toBeLessThan(50);
    expect(figures.plansMs.median).toBeLessThan(50);
    expect(openMs + overviewMs).toBeLessThan(1_000);
  } finally {
    file.close();
  }
}, 300_000);

test.skipIf(noBrowser !== undefined)(
  'the page replays it at ten times the speed, at its own frame rate',
  async () => {
    const [served, browser] = await Promise.all([serveWorkbench('--set', 'loop.record=nothing'), launchBrowser()]);
    try {
      mkdirSync(join(served.home, 'recordings'));
      linkSync(path, join(served.home, 'recordings', 'hour.mcap'));
      linkSync(short, join(served.home, 'recordings', 'short.mcap'));
      const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
      await page.goto(served.url);
      await page.getByRole('button', { name: 'STOP' }).click();
      await page.getByRole('button', { name: 'Recordings' }).click();
      const choose = (name: string) => page.getByRole('row', { name, exact: true }).locator('.name button').click();
      await choose('short'); // the scene itself takes its time, once
      await page.getByText('of 8.00 s, recorded').waitFor();
      const framesIn = (ms: number) =>
        page.evaluate(
          (wait) =>
            new Promise<number>((done) => {
              let frames = 0;
              const begun = performance.now();
              const turn = () => (frames++, performance.now() - begun < wait ? requestAnimationFrame(turn) : done(frames));
              requestAnimationFrame(turn);
            }),
          ms,
        );
      const play = () => page.locator('.transport').getByRole('button', { name: 'Play' }).click();
      await page.waitForTimeout(2_000);
      await play();
      const own = await framesIn(4_000); // of eight seconds at the speed at which they were recorded
      const from = performance.now();
      await choose('hour');
      await page.getByText('of 3600.00 s, recorded').waitFor();
      const openMs = performance.now() - from;
      const time = async () => Number(await page.locator('.transport .time .num').innerText());
      await page.waitForTimeout(3_000);
      await page.locator('.transport input[type=range]').fill('1000');
      const before = await time();
      await play();
      const playing = await framesIn(4_000);
      const played = (await time()) - before;
      console.log({ openMs, own, playing, played });
      expect(played).toBeGreaterThan(35); // time goes on as it should, whatever is drawn
      if (own < 100) return console.log('not asserted: busy. The page draws no 25 frames a second of a short recording.');
      expect(playing / own).toBeGreaterThan(0.8);
      expect(openMs).toBeLessThan(1_000);
    } finally {
      await browser.close();
      await served.end();
    }
  },
  300_000,
);

function write(name: string, rows: number): string {
  const into = mkdtempSync(join(folder, `${name}-`));
  const files = new EpisodeFiles(
    into,
    () => name,
    (text) => expect.fail(text),
  );
  files.begin(header());
  for (let step = 0; step < rows; step++) {
    files.period(period(step, rows));
    if (step % 20 === 0) files.fan({ bytes: encodePlanFrame(plan(step)), searched: 400 });
    if (step % ROWS_A_CHUNK === ROWS_A_CHUNK - 1) files.flush();
  }
  files.event({ step: rows - 1, kind: 'end', text: 'The time of the episode was over.' });
  files.end();
  return files.written[0]!;
}
const resolved = resolveSetup(withValues(builtInSetups.light!, { 'loop.period': PERIOD }));
const header = (): EpisodeHeader =>
  episodeHeader(
    resolved,
    0,
    { seconds: HOURS * 3600, randomSeconds: 0, replan: 'everyPeriod' },
    { software: '0', startedAt: '2026-11-27T00:00:00.000Z' },
  );
function period(step: number, rows: number): RecordedPeriod {
  const time = step * PERIOD;
  const state = [Math.sin(time), Math.cos(time), 3 * Math.sin(0.3 * time), Math.cos(1.7 * time)];
  return {
    step,
    time,
    rigTime: time,
    hostTime: 1000 * time + 0.123456789,
    positions: [state[0]!, state[2]!, state[0]!, state[2]!],
    applied: 7.123456789012345 * Math.sin(5 * time),
    state,
    truth: state,
    costs: resolved.cost.terms.map((_, term) => (time % 1) / (term + 3)),
    explore: false,
    hasModel: true,
    ...(step === rows - 1
      ? {}
      : {
          decided: {
            chosen: Math.sin(time),
            sent: Math.sin(time),
            basis: 'plan',
            verdict: 'sent',
            planAge: 0,
            allowed: true,
            planMs: 3.21,
            latenessMs: 0.1,
          },
        }),
  };
}
function plan(step: number): PlanFrame {
  const [rollouts, horizon, size] = [40, 30, 4];
  const array = (count: number) => Float32Array.from({ length: count }, (_, i) => Math.sin(step + i));
  return {
    id: step,
    step,
    time: step * PERIOD,
    rollouts,
    horizon,
    period: PERIOD,
    cost: 1,
    planMs: 3,
    size,
    actions: array(horizon),
    states: array((horizon + 1) * size),
    band: array(4 * (horizon + 1) * size),
    bandLevels: 4,
    costs: array(rollouts).sort().reverse(),
    tips: array(rollouts * (horizon + 1) * 2),
  };
}
