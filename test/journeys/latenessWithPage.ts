import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Setup } from '../../src/shared/setups/setup';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, withValues } from '../../src/shared/setups/resolve';
import { launchBrowser, observe, serveWorkbench, until } from './harness';

/** A rig with a period of 10 ms in real time, planned for through networks that are fitted meanwhile. */
export const hundredHertz = withValues(
  { ...builtInSetups.light, model: 'ensemble' },
  {
    'loop.period': 0.01,
    'loop.pace': 'strict',
    'loop.threads': 1,
    'rig.delay': 0.01,
    'planner.population': 16,
    'planner.iterations': 1,
    'planner.horizon': 0.2,
  },
);

/**
 * Lateness of the workbench's own loop, ms, and of its plans, while a page in Chromium draws and models are fitted: seen by a
 * client in Node over the given seconds of loop time, once the page drew and so many seconds have passed.
 */
export async function latenessWithPage(folder: string, setup: Setup, seconds: number, after = 1) {
  const perSecond = 1 / resolveSetup(setup).period;
  const file = join(folder, 'strict.json');
  writeFileSync(file, JSON.stringify(setup));
  const served = await serveWorkbench('--setup', file);
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(served.url);
    await page.locator('canvas').first().waitFor();
    const observer = await observe(served);
    const count = () => observer.telemetry.reduce((sum, block) => sum + block.count, 0);
    await until(() => count() > after * perSecond, 'the loop runs', 60_000);
    const from = observer.telemetry.length;
    const wanted = count() + seconds * perSecond;
    await until(() => count() >= wanted, `${seconds} s of loop time pass`, 60_000 + 2000 * seconds);
    const periods = observer.telemetry.slice(from);
    const basis = periods.flatMap((block) => [...block.basis]);
    const lateness = periods.flatMap((block) => [...block.latenessMs]);
    lateness.sort((a, b) => a - b);
    const at = (q: number) => lateness[Math.min(lateness.length - 1, Math.floor(q * lateness.length))];
    const { fits, fit } = (await observer.client.snapshot()).learning;
    observer.leave();
    return {
      periods: lateness.length,
      /** Periods whose plan was not there in time: an older one served, or the motion was damped. */
      latePlans: basis.filter((code) => code === 1 || code === 3).length,
      p50: at(0.5),
      p99: at(0.99),
      p999: at(0.999),
      max: lateness.at(-1)!,
      learns: fits > 0 || fit !== null,
    };
  } finally {
    await browser.close();
    await served.end();
  }
}
