import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcessHandle } from '../workbench/children';

/** The built entry `name.js`: all entries and chunks lie in one folder, so it is beside whoever asks. */
export function entryFile(name: string, folder: string = import.meta.dirname): string {
  const file = join(folder, `${name}.js`);
  if (!existsSync(file)) throw new Error(`The program is not whole: ${file} is missing. Build it again (any npm command does).`);
  return file;
}

/**
 * Environment of a child. The serial port shares libuv's thread pool with disk syncs: with the usual 4 threads a slow disk
 * could keep the wire waiting.
 */
export function childEnvironment(): Record<string, string> {
  const inherited = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { ...Object.fromEntries(inherited), UV_THREADPOOL_SIZE: '16' };
}

/**
 * Forks an entry under plain Node. Its words go to stderr, because stdout may belong to a document.
 * The child leaves when the channel to us closes, so it never outlives a killed parent; Ctrl+C reaches it too, through the
 * terminal's process group, and is its parent's affair: see `parent.ts`.
 *
 * @param file  an ES module
 */
export function forkUnderNode(file: string, execArgv: readonly string[] = []): ChildProcessHandle {
  const child = fork(file, [], {
    serialization: 'advanced',
    env: childEnvironment(),
    execArgv: [...execArgv],
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  let over: string | undefined;
  const listeners = new Set<(how: string) => void>();
  const end = (how: string) => {
    if (over !== undefined) return;
    over = how;
    for (const listen of listeners) listen(how);
  };
  child.on('exit', (code, signal) => end(signal === null ? `ended with code ${code}` : `was killed (${signal})`));
  child.on('error', (error) => {
    if (child.pid === undefined) end(`could not be started (${error.message})`);
  });
  return {
    pid: child.pid,
    send(message) {
      if (child.connected) child.send(message as object, () => {}); // a failed send is followed by `exit`, which is told
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => (over === undefined ? void listeners.add(listener) : listener(over)),
    kill: () => void child.kill('SIGKILL'),
  };
}

/**
 * The loop's thread collects its garbage alone: helper threads of the collector have to wait for a core while a fit runs,
 * and the loop would wait for them (2.4 ms late at the 99th percentile, 1.3 without).
 */
export const CONTROL_FLAGS: readonly string[] = ['--single-threaded-gc'];
export const forkControl = (): ChildProcessHandle => forkUnderNode(entryFile('control'), CONTROL_FLAGS);
export const spawnLearner = (): ChildProcessHandle => forkUnderNode(entryFile('learner'));
