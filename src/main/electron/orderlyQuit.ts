import { app } from 'electron';
import type { Workbench } from '../workbench/workbenchPorts';

/** Longer than the workbench gives its children; a quit must end some time. */
const LONGEST_MS = 9000;

/**
 * Children of Electron's main process vanish with it and run no farewell code. So the quit waits: Stop, the children leave,
 * and only then the app does.
 */
export function setUpOrderlyQuit(workbench: Workbench): void {
  let state: 'running' | 'leaving' | 'left' = 'running';
  app.on('before-quit', (event) => {
    if (state === 'left') return;
    event.preventDefault();
    if (state === 'leaving') return;
    state = 'leaving';
    workbench.stop('The app is quitting.');
    const late = new Promise<void>((done) => setTimeout(done, LONGEST_MS));
    void Promise.race([workbench.close(), late]).finally(() => {
      state = 'left';
      app.quit();
    });
  });
}
