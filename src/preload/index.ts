/**
 * Hands one port to the page and nothing else; every message after that is typed by shared/contract and never passes here.
 * The page asks when it is ready to listen; it may ask again after losing its connection.
 */
import { ipcRenderer } from 'electron';

/** The page asks twice a second until it is heard; main makes a new port for every question, so they are passed on more rarely. */
const PATIENCE_MS = 3000;
let askedAt = -Infinity;

window.addEventListener('message', ({ source, data }) => {
  if (source !== window || (data as { upright?: unknown } | null)?.upright !== 'ready') return;
  if (performance.now() - askedAt < PATIENCE_MS) return;
  askedAt = performance.now();
  ipcRenderer.send('upright:port');
});

ipcRenderer.on('upright:port', ({ ports: [port] }) => {
  if (port === undefined) return;
  askedAt = -Infinity;
  window.postMessage({ upright: 'port' }, location.origin, [port]);
});
