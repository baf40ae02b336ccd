import { app, ipcMain, MessageChannelMain, type IpcMainEvent, type MessagePortMain, type WebFrameMain } from 'electron';
import type { Workbench } from '../workbench/workbenchPorts';
import { isOurs } from './pageProtocol';
import { portTransport } from './portTransport';

/**
 * The one channel between page and main: the page asks for its port, and gets a new one each time it was loaded. Everything
 * else travels over that port and is checked by the contract.
 */
export function setUpPagePort(workbench: Workbench): void {
  /** The newest port of each page; a reloaded page leaves its old one behind. */
  const ports = new Map<number, MessagePortMain>();
  const drop = (id: number) => {
    ports.get(id)?.close();
    ports.delete(id);
  };
  ipcMain.on('upright:port', (event) => {
    const frame = ownMainFrame(event);
    if (frame === undefined) return;
    drop(event.sender.id);
    const { port1, port2 } = new MessageChannelMain();
    ports.set(event.sender.id, port1);
    workbench.join(portTransport(port1));
    frame.postMessage('upright:port', null, [port2]);
  });
  app.on('render-process-gone', (_event, contents) => drop(contents.id));
  // A frozen page loses its connection and with it the controls; it comes back as an observer.
  app.on('web-contents-created', (_event, contents) => contents.on('unresponsive', () => drop(contents.id)));
}

/** The frame that sent the message, if it is the page itself: not a frame in it, not gone meanwhile, not of another origin. */
function ownMainFrame({ sender, senderFrame }: IpcMainEvent): WebFrameMain | undefined {
  if (senderFrame === null || senderFrame !== sender.mainFrame || !isOurs(senderFrame.url)) return undefined;
  return senderFrame;
}
