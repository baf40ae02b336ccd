import { execFile } from 'node:child_process';
import { constants, setPriority } from 'node:os';

/**
 * Puts the calling process's main thread before others, as far as this user may: a real-time priority on Linux, else a
 * high ordinary one, else nothing. Called after the planner thread was born, because on Linux a priority is a thread's
 * own and is inherited, and only the loop has a deadline.
 */
export function raiseLoopThread(): void {
  try {
    setPriority(constants.priority.PRIORITY_HIGH);
  } catch {
    // most users may not; then the loop competes like any other thread
  }
  // the process's number is its main thread's; an ordinary priority, however high, still waits for a slice to end
  if (process.platform === 'linux') execFile('chrt', ['--rr', '--pid', '1', String(process.pid)], () => {});
}
