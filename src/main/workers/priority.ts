import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { coresIn } from './cores';

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

let leavesCore = false;
/**
 * Keeps the helper threads of the calling process (planners, the compiler, the collector) off the last core while the
 * loop keeps real time, and lets them everywhere again afterwards; the main thread may run on all cores throughout. For
 * users who may not have a real-time priority: their loop would wait for the slices of its own helpers, 3 ms each.
 */
export function leaveCoreToLoop(strictly: boolean): void {
  if (process.platform !== 'linux' || strictly === leavesCore) return;
  const cores = coresOfThisProcess();
  if (cores.length < 2) return;
  leavesCore = strictly;
  const pid = String(process.pid);
  const all = cores.join(',');
  const helpers = strictly ? cores.slice(0, -1).join(',') : all;
  execFile('taskset', ['--all-tasks', '--pid', '--cpu-list', helpers, pid], () => {
    execFile('taskset', ['--pid', '--cpu-list', all, pid], () => {});
  });
}
/** Cores that this process's main thread may run on; none where the system does not say. */
function coresOfThisProcess(): number[] {
  try {
    return coresIn(/^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '');
  } catch {
    return [];
  }
}

/**
 * Lets every other thread of the machine go before those of the calling process, where the system has a way (SCHED_IDLE
 * on Linux, which any user may choose and an ordinary one never leaves; elsewhere the lowest priority): a thread that
 * wakes up takes the core at once. With a low priority alone it would wait for the slice of the learner to end, 3 ms. Off
 * the last core too, which is the loop's.
 */
export function stepBack(): void {
  try {
    setPriority(constants.priority.PRIORITY_LOW);
  } catch {
    // then it computes as it did
  }
  if (process.platform !== 'linux') return;
  const pid = String(process.pid);
  execFile('chrt', ['--all-tasks', '--idle', '--pid', '0', pid], () => {});
  const cores = coresOfThisProcess();
  if (cores.length > 1) execFile('taskset', ['--all-tasks', '--pid', '--cpu-list', cores.slice(0, -1).join(','), pid], () => {});
}
