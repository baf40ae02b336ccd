import { statSync } from 'node:fs';
import { shell } from 'electron';
import type { Desktop } from '../workbench/workbenchPorts';

/** The desktop around the window. */
export const electronDesktop: Desktop = {
  async trash(paths) {
    for (const path of paths) await shell.trashItem(path);
  },
  async show(path) {
    if (!statSync(path).isDirectory()) return shell.showItemInFolder(path);
    const failure = await shell.openPath(path);
    if (failure !== '') throw new Error(`${path} could not be shown: ${failure}`);
  },
};
