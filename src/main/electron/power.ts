import { powerMonitor } from 'electron';
import type { Workbench } from '../workbench/workbenchPorts';

/** Nobody watches a rig whose computer sleeps or whose screen is locked. It stays stopped afterwards until somebody starts it. */
export function setUpPower(workbench: Workbench): void {
  powerMonitor.on('suspend', () => workbench.stop('The computer goes to sleep.'));
  powerMonitor.on('lock-screen', () => workbench.stop('The screen was locked.'));
  powerMonitor.on('shutdown', () => workbench.stop('The computer shuts down.'));
}
