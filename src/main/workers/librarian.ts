// The librarian: a worker thread of the workbench that opens recordings, which may be anybody's.
import { parentPort, workerData } from 'node:worker_threads';
import type { ToLibrarian } from '../workbench/librarianClient';
import type { LibrarianPlace } from '../workbench/workbenchPorts';
import { serveLibrarian } from './librarianService';

if (parentPort === null) throw new Error('This file is the entry of the librarian.');
const port = parentPort;
serveLibrarian(
  {
    send: (message) => port.postMessage(message),
    onMessage: (listener) => port.on('message', (message: ToLibrarian) => listener(message)),
    leave: () => port.close(),
  },
  workerData as LibrarianPlace,
);
