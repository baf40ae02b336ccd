import { Worker } from 'node:worker_threads';
import type { ChildProcessHandle } from '../workbench/children';
import type { LibrarianPlace } from '../workbench/workbenchPorts';
import { entryFile } from './fork';

/** What a hostile recording may make it take before it is ended, and only what it was asked for is lost. */
const MOST_MEGABYTES = 512;

/** Starts the librarian as a thread of this process: what it opens is hostile, but it has no deadline and no rights of its own. */
export function spawnLibrarian(place: LibrarianPlace): ChildProcessHandle {
  const worker = new Worker(entryFile('librarian'), { workerData: place, resourceLimits: { maxOldGenerationSizeMb: MOST_MEGABYTES } });
  let reason = '';
  worker.on('error', (error) => (reason = error.message));
  return {
    pid: undefined,
    send: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', listener),
    onExit: (listener) => void worker.on('exit', (code) => listener(reason === '' ? `ended with code ${code}` : `ended (${reason})`)),
    kill: () => void worker.terminate(),
  };
}
