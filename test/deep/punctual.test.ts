import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tryLoop, type LoopTrialFigures } from '../../src/main/workbench/loopTrial';
import { CONTROL_FLAGS, entryFile, forkUnderNode } from '../../src/main/workers/fork';

const built = join(import.meta.dirname, '../../out/main');
const ports = {
  forkControl: () => forkUnderNode(entryFile('control', built), CONTROL_FLAGS),
  spawnLearner: () => forkUnderNode(entryFile('learner', built)),
};
/** Lateness of the loop's periods, ms. */
const PROMISE = { p99: 1, p999: 4 };
const kept = ({ latenessMs }: LoopTrialFigures) => latenessMs.p99 <= PROMISE.p99 && latenessMs.p999 <= PROMISE.p999;

test('over a minute at 100 Hz the loop keeps both figures of its promise while the ensemble trains and pictures are drawn', async () => {
  const seconds = 60;
  const idle = await tryLoop({ hertz: 100, seconds, training: false, pictures: false }, ports);
  const busy = await tryLoop({ hertz: 100, seconds, training: true, pictures: true }, ports);
  console.log('idle', idle.latenessMs, 'training and drawing', busy.latenessMs, `${busy.late} of ${busy.periods} periods late`);
  if (!kept(idle)) return console.log('not asserted: busy. The idle loop itself is late on this machine now.');
  expect(busy.latenessMs.p99).toBeLessThanOrEqual(PROMISE.p99);
  expect(busy.latenessMs.p999).toBeLessThanOrEqual(PROMISE.p999);
}, 300_000);
