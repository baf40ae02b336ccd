import { join } from 'node:path';
import { app, BrowserWindow } from 'electron';
import type { Workbench } from '../workbench/workbenchPorts';
import { PAGE_URL } from './pageProtocol';

/** Opens the window on the running workbench. Closing it is Stop, then the orderly quit. */
export async function setUpWindow(workbench: Workbench): Promise<void> {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 1024,
    minHeight: 640,
    show: false,
    title: 'Upright',
    backgroundColor: '#0b0e13', // the page's ground, so that nothing flashes before it is there
    webPreferences: {
      preload: join(import.meta.dirname, '../preload/index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  });
  window.once('ready-to-show', () => window.show());
  window.on('close', () => workbench.stop('The window was closed.'));
  app.on('window-all-closed', () => app.quit());
  await window.loadURL(PAGE_URL).catch((error: { code?: string }) => {
    if (error.code !== 'ERR_ABORTED') throw error; // a reload during the first load is no fault
  });
}
