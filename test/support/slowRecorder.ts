// The recorder of the product on a disk that does nothing until a gate is opened: every write waits for it.
import { parentPort, workerData } from 'node:worker_threads';
import type { RecorderJob, ToRecorder } from '../../src/main/control/recorderLink';
import { realFileCalls } from '../../src/main/storage/mcap/partFile';
import { sharedClock } from '../../src/main/workers/clock';
import { runRecorder } from '../../src/main/workers/recorderService';

/** gate[0] is 1 once it is open, gate[1] counts the writes that found it shut. */
const { gate, ...job } = workerData as RecorderJob & { readonly gate: Int32Array };
runRecorder(
  {
    say: (message) => parentPort!.postMessage(message),
    onMessage: (listener) => parentPort!.on('message', (message: ToRecorder) => listener(message)),
    now: sharedClock(),
    leave: () => parentPort!.close(),
  },
  job,
  {
    ...realFileCalls,
    write: (...given) => {
      if (Atomics.load(gate, 0) === 0) Atomics.add(gate, 1, 1);
      Atomics.wait(gate, 0, 0);
      return realFileCalls.write(...given);
    },
  },
);
