import { app, BrowserWindow } from 'electron';

/** Two workbenches would quarrel over one rig: a second start shows the window of the first. @returns whether this is the first */
export function setUpSingleInstance(): boolean {
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write('Upright is open already; its window comes to the front.\n');
    app.exit(0);
    return false;
  }
  app.on('second-instance', () => {
    const [window] = BrowserWindow.getAllWindows();
    if (window === undefined) return;
    if (window.isMinimized()) window.restore();
    window.focus();
  });
  return true;
}
