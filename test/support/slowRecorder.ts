// The recorder of the product on a disk that takes its time: each write waits, and so does each sync.
import { parentPort, workerData } from 'node:worker_threads';
import type { RecorderJob, ToRecorder } from '../../src/main/control/recorderLink';
import { realFileCalls } from '../../src/main/storage/mcap/partFile';
import { sharedClock } from '../../src/main/workers/clock';
import { runRecorder } from '../../src/main/workers/recorderService';

const WAIT_MS = 400;
const cell = new Int32Array(new SharedArrayBuffer(4));
const wait = () => void Atomics.wait(cell, 0, 0, WAIT_MS);
runRecorder(
  {
    say: (message) => parentPort!.postMessage(message),
    onMessage: (listener) => parentPort!.on('message', (message: ToRecorder) => listener(message)),
    now: sharedClock(),
    leave: () => parentPort!.close(),
  },
  workerData as RecorderJob,
  {
    ...realFileCalls,
    write: (...given) => {
      wait();
      return realFileCalls.write(...given);
    },
    syncData: (file, done) => realFileCalls.syncData(file, (error) => setTimeout(() => done(error), WAIT_MS)),
  },
);
