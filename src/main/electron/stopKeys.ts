import { app } from 'electron';
import type { Workbench } from '../workbench/workbenchPorts';

const stopKeys: Readonly<Record<string, string>> = { ' ': 'Space', Escape: 'Esc' };

/**
 * Space and Esc are Stop, seen here before the page sees them: also while the page is blocked. They reach us only while our
 * window has the focus.
 */
export function setUpStopKeys(workbench: Workbench): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.on('before-input-event', (_event, { type, key, shift }) => {
      const name = stopKeys[key];
      if (key === ' ' && shift) return; // a blank in a field of text, as only the page knows; everywhere else the page stops
      if (type === 'keyDown' && name !== undefined) workbench.stop(`Stop key (${name}).`);
    });
  });
}
