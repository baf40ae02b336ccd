import { app, Menu, type MenuItemConstructorOptions } from 'electron';
import type { Workbench } from '../workbench/workbenchPorts';

/** A small menu. Stop stands first; starting and arming are never in a menu. */
export function setUpMenu(workbench: Workbench): void {
  const mac: MenuItemConstructorOptions[] = process.platform === 'darwin' ? [{ role: 'appMenu' }] : [];
  const developer: MenuItemConstructorOptions[] = app.isPackaged ? [] : [{ role: 'toggleDevTools' }];
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      ...mac,
      {
        label: 'Rig',
        submenu: [
          { label: 'Stop (Space, Esc)', click: () => workbench.stop('Stop in the menu.') },
          { type: 'separator' },
          { role: 'quit' },
        ],
      },
      { role: 'editMenu' },
      {
        label: 'View',
        submenu: [
          { role: 'reload' },
          ...developer,
          { type: 'separator' },
          { role: 'resetZoom' },
          { role: 'zoomIn' },
          { role: 'zoomOut' },
          { type: 'separator' },
          { role: 'togglefullscreen' },
        ],
      },
    ]),
  );
}
