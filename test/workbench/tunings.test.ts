import { mkdtempSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ChildProcessHandle } from '../../src/main/workbench/children';
import { createWorkbench } from '../../src/main/workbench/workbench';
import type { FromControl, ToControl } from '../../src/shared/contract/controlMessages';
import { DesktopHere, learnerHere, librarianHere } from './inProcess';

let home = '';
beforeAll(() => (home = mkdtempSync(join(tmpdir(), 'upright-workbench-'))));
afterAll(() => rm(home, { recursive: true }));

/** A workbench whose control process only takes notes. */
function started() {
  const told: ToControl[][] = [];
  let say: (message: FromControl) => void = () => {};
  let end: (how: string) => void = () => {};
  const workbench = createWorkbench({
    forkControl(): ChildProcessHandle {
      const heard: ToControl[] = [];
      told.push(heard);
      return {
        pid: 1,
        send(message) {
          heard.push(message as ToControl);
          if ((message as ToControl).kind === 'leave') end('ended with code 0');
        },
        onMessage: (listener) => (say = listener),
        onExit: (listener) => (end = listener),
        kill: () => end('was killed (SIGKILL)'),
      };
    },
    spawnLearner: () => learnerHere(),
    spawnLibrarian: librarianHere,
    desktop: new DesktopHere(),
    now: () => performance.now(),
    home,
    version: '0.0.0-test',
  });
  return {
    workbench,
    say: (message: FromControl) => say(message),
    die: () => end('was killed (SIGKILL)'),
    /** What control processes were told, the newest last. */
    tuned: () => told.map((heard) => heard.find((message) => message.kind === 'configure')?.tuned),
  };
}
const measured = { shape: '6 64 64 8', choice: { arithmetic: 'fused', block: 5 } } as const;

test('a kernel that was measured is known to the next control process and after the next start', async () => {
  const first = started();
  first.say({ kind: 'tuned', tuned: measured });
  await first.workbench.close(); // not before it is on the disk
  expect(first.tuned()).toEqual([[]]);

  const second = started();
  expect(second.tuned()).toEqual([[measured]]);
  const other = { ...measured, shape: '6 32 8' };
  second.say({ kind: 'tuned', tuned: other });
  await new Promise((done) => setTimeout(done, 0));
  while (!JSON.stringify(second.tuned()).includes('6 32 8')) {
    second.die();
    await new Promise((done) => setTimeout(done, 5)); // the file is being written
  }
  expect(second.tuned().at(-1)).toEqual([measured, other]);
  await second.workbench.close();
});

test('a damaged file is none, and no fault', async () => {
  writeFileSync(join(home, 'tuning.json'), '{"format":');
  const { tuned, workbench } = started();
  expect(tuned()).toEqual([[]]);
  await workbench.close();
});
