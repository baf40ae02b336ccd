// The control process: Electron's utilityProcess, or child_process.fork under plain Node.
import { Worker } from 'node:worker_threads';
import { runControlProcess } from '../control/controlProcess';
import type { ToControl } from '../../shared/contract/controlMessages';
import { sharedClock } from './clock';
import { entryFile } from './fork';
import { parentOfThisProcess } from './parent';
import { keepTime, raiseLoopThread } from './priority';

let fail: (error: unknown) => void = () => process.exit(70);
process.on('uncaughtException', (error) => fail(error));
process.on('unhandledRejection', (error) => fail(error));

const parent = parentOfThisProcess();
const control = runControlProcess({
  now: sharedClock(),
  send: (message) => parent.send(message),
  onMessage: (listener) => parent.onMessage((message) => listener(message as ToControl)),
  onParentGone: (listener) => parent.onGone(listener),
  spawnPlanner: () => new Worker(entryFile('planner')),
  spawnRecorder: (job) => new Worker(entryFile('recorder'), { workerData: job }),
  keepTime,
  exit: (code) => setImmediate(() => process.exit(code)), // after the last messages are handed over
  pid: process.pid,
});
({ fail } = control);
// who ends a whole group of processes at once (a service manager, `timeout`, a closed terminal) must not leave a recording in the middle
for (const signal of ['SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => control.leave(`The control process was asked to end (${signal}).`));
raiseLoopThread();
