import { app } from 'electron';
import type { Workbench } from '../workbench/workbenchPorts';

/** A page that dies more often than this within a minute has a fault that loading it again does not cure. */
const MOST_A_MINUTE = 3;

/**
 * What happens when a process of the window dies. The loop does not depend on any of them: a dead page is loaded again and
 * finds the workbench as it is; the control process and the learner are the workbench's own affair.
 */
export function setUpChildWatch(workbench: Workbench): void {
  const deaths: number[] = [];
  app.on('render-process-gone', (_event, contents, { reason, exitCode }) => {
    if (reason === 'clean-exit') return;
    note(`The page's process ended (${reason}, ${exitCode}).`);
    const now = performance.now();
    deaths.push(now);
    if (deaths.filter((at) => now - at < 60_000).length <= MOST_A_MINUTE) {
      if (!contents.isDestroyed()) contents.reload();
      return;
    }
    workbench.stop('The page failed again and again.');
    note('It failed again and again: the rig was stopped and Upright ends.');
    app.quit();
  });
  app.on('child-process-gone', (_event, { type, name, reason, exitCode }) => {
    if (reason !== 'clean-exit') note(`A process of the app ended: ${name ?? type} (${reason}, ${exitCode}).`);
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.on('unresponsive', () => note('The page does not answer; it lost the controls. The loop goes on without it.'));
    contents.on('responsive', () => note('The page answers again.'));
  });
}

const note = (text: string) => void process.stderr.write(`${text}\n`);
