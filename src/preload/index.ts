/**
 * Hands one port to the page and nothing else; every message after that is typed by shared/contract and never passes here.
 * The page asks when it is ready to listen; it may ask again after losing its connection.
 */
import { ipcRenderer } from 'electron';

let asked = false;

window.addEventListener('message', ({ source, data }) => {
  if (source !== window || (data as { upright?: unknown } | null)?.upright !== 'ready' || asked) return;
  asked = true;
  ipcRenderer.send('upright:port');
});

ipcRenderer.on('upright:port', ({ ports: [port] }) => {
  if (port === undefined) return;
  asked = false;
  window.postMessage({ upright: 'port' }, location.origin, [port]);
});
