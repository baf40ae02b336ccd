import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryLoop, type LoopTrialFigures } from '../../src/main/workbench/loopTrial';
import { CONTROL_FLAGS, entryFile, forkUnderNode } from '../../src/main/workers/fork';
import { hundredHertz, latenessWithPage } from './latenessWithPage';
import { noBrowser } from './harness';

const built = join(import.meta.dirname, '../../out/main');
const ports = {
  forkControl: () => forkUnderNode(entryFile('control', built), CONTROL_FLAGS),
  spawnLearner: () => forkUnderNode(entryFile('learner', built)),
};
/** Lateness of the loop's periods, ms: the promise of the house. */
const PROMISE = { p99: 1, p999: 4 };
const kept = ({ latenessMs }: LoopTrialFigures) => latenessMs.p99 <= PROMISE.p99 && latenessMs.p999 <= PROMISE.p999;
const told = (what: string, { latenessMs: { p50, p99, p999, max }, late, periods, trainingSteps, pictures }: LoopTrialFigures) =>
  console.info(
    `${what}: late by p50 ${p50.toFixed(2)}, p99 ${p99.toFixed(2)}, p99.9 ${p999.toFixed(2)}, max ${max.toFixed(2)} ms; ${late} of ${periods} periods late; ${trainingSteps} training steps, ${pictures} pictures; load ${loadavg()[0].toFixed(1)}`,
  );

/**
 * Wall time depends on the machine: it is asserted only where the idle loop, tried before and after, keeps the promise. Other
 * programs of the machine come and go between and beside these trials; a loop that is late by itself is late in every one of three.
 * What must hold everywhere is that the loop ticks on and the pictures come. The learner trains beside it; one that has stepped
 * back behind a strict loop and everybody else may not come to it at all where others take both cores, and that is no trial.
 */
const TRIES = 3;
async function keepsThePromise(seconds: number, trial: () => Promise<boolean>): Promise<void> {
  const idle = async (what: string) => {
    const figures = await tryLoop({ hertz: 100, seconds, training: false, pictures: false }, ports);
    told(what, figures);
    return kept(figures);
  };
  let quietBefore = await idle('idle');
  for (let tried = 0; tried < TRIES; tried++) {
    if (await trial()) return;
    const quietAfter = await idle('idle again');
    if (!quietBefore || !quietAfter) return console.info('not asserted: busy. The idle loop itself is late on this machine now.');
    quietBefore = quietAfter;
  }
  throw new Error(`In each of ${TRIES} trials the loop was late or what ran beside it did not, and the idle loop around them was on time.`);
}

test('the loop at 100 Hz is on time while the ensemble trains and pictures are drawn', async () => {
  const seconds = 8;
  await keepsThePromise(seconds, async () => {
    const busy = await tryLoop({ hertz: 100, seconds, training: true, pictures: true }, ports);
    told('training and drawing', busy);
    expect(busy.periods).toBeGreaterThan(0.95 * 100 * seconds - 20);
    expect(busy.pictures).toBeGreaterThan(10);
    return busy.trainingSteps > 0 && kept(busy);
  });
}, 240_000);

/** The same in the product: a page in Chromium draws plant, fan and plots while the workbench learns with networks at 100 Hz. */
test.skipIf(noBrowser !== undefined)(
  'with a page that draws, the workbench at 100 Hz counts and shows every period, and is on time where the idle loop is',
  () =>
    keepsThePromise(6, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'upright-punctual-'));
      const seen = await latenessWithPage(folder, hundredHertz, 10).finally(() => rmSync(folder, { recursive: true, force: true }));
      console.info(
        `learning, with a page: late by p50 ${seen.p50.toFixed(2)}, p99 ${seen.p99.toFixed(2)}, p99.9 ${seen.p999.toFixed(2)}, max ${seen.max.toFixed(2)} ms in ${seen.periods} periods; load ${loadavg()[0].toFixed(1)}`,
      );
      expect(seen.periods).toBeGreaterThan(900);
      expect(seen.learns).toBe(true);
      // software GL draws on both cores: the 99 % figure is held; the 99.9 % one is printed, and asserted without a page
      return seen.p99 <= PROMISE.p99;
    }),
  240_000,
);
