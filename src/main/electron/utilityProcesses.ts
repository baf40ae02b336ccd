import { utilityProcess } from 'electron';
import type { ChildProcessHandle } from '../workbench/children';
import { childEnvironment, CONTROL_FLAGS, entryFile } from '../workers/fork';

export const forkControl = (): ChildProcessHandle => forkUtility(entryFile('control'), 'Upright control', CONTROL_FLAGS);
export const spawnLearner = (): ChildProcessHandle => forkUtility(entryFile('learner'), 'Upright learner');

/**
 * Forks an entry as a utility process: the packaged app has no `child_process.fork` (its fuse is off). It is asked to leave by
 * message; killing comes last, because that has blocked this process elsewhere.
 */
function forkUtility(file: string, serviceName: string, flags: readonly string[] = []): ChildProcessHandle {
  const child = utilityProcess.fork(file, [], { serviceName, env: childEnvironment(), execArgv: [...flags], stdio: 'inherit' });
  let over: string | undefined;
  const listeners = new Set<(how: string) => void>();
  child.on('exit', (code) => {
    over = `ended with code ${code}`; // from here on nothing is posted: that has crashed this process
    setImmediate(() => {
      for (const listen of listeners) listen(over!);
    });
  });
  return {
    get pid() {
      return child.pid;
    },
    send(message) {
      if (over === undefined) child.postMessage(message);
    },
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => (over === undefined ? void listeners.add(listener) : listener(over)),
    kill: () => void (over === undefined && killNow(child.pid)),
  };
}

/** `child.kill()` asks by SIGTERM and insists after two seconds; a hung process is ended at once. */
function killNow(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // gone already
  }
}
