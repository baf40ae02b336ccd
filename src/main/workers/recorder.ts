// The recorder: a worker thread of the control process that owns the open recording. The loop never waits for it.
import { parentPort, workerData } from 'node:worker_threads';
import type { RecorderJob, ToRecorder } from '../control/recorderLink';
import { sharedClock } from './clock';
import { runRecorder } from './recorderService';

if (parentPort === null) throw new Error('This file is the entry of the recorder.');
const port = parentPort;
runRecorder(
  {
    say: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (message: ToRecorder) => listener(message)),
    now: sharedClock(),
    leave: () => port.close(),
  },
  workerData as RecorderJob,
);
