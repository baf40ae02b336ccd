/**
 * A child process's view of the workbench that started it: the same under `child_process.fork` and Electron's
 * `utilityProcess`, so that entry files need not know which it was.
 */
export interface Parent {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /**
   * Called once when the parent is gone or has closed the channel. Under Node within milliseconds; in Electron the child
   * vanishes together with its parent and runs no code, so there it is never called.
   */
  onGone(listener: () => void): void;
}

/** The part of Electron's `process.parentPort` that is used here (its types would bring Electron into plain Node). */
interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { data: unknown }) => void): void;
}

/**
 * Joins this process to its parent. Ctrl+C in a terminal reaches every process of the group: it is left to the parent, which
 * stops the rig first and then asks its children to leave.
 * @throws Error when nobody started this process as a child
 */
export function parentOfThisProcess(): Parent {
  process.on('SIGINT', () => {});
  const port = (process as { parentPort?: ParentPort }).parentPort;
  if (port !== undefined) {
    return {
      send: (message) => port.postMessage(message),
      onMessage: (listener) => port.on('message', ({ data }) => listener(data)),
      onGone: () => {},
    };
  }
  if (process.send === undefined)
    throw new Error('This file is the entry of a child process of the workbench; start the workbench instead: npm start.');
  return {
    send(message) {
      if (process.connected) process.send!(message, undefined, undefined, () => {});
    },
    onMessage: (listener) => void process.on('message', listener),
    onGone: (listener) => void process.once('disconnect', listener),
  };
}
