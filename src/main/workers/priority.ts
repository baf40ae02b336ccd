import { execFile } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
  if (process.platform === 'linux') execFile('chrt', ['--reset-on-fork', '--rr', '--pid', LOOP_RANK, String(process.pid)], () => {});
}
const LOOP_RANK = '2';
const PLANNER_RANK = '1';

/** Gives the calling thread the name by which the loop's process finds its planner threads, and by which `top -H` shows them. */
export function namePlannerThread(): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync('/proc/thread-self/comm', PLANNER_NAME);
  } catch {
    // then it keeps its ordinary priority
  }
}
const PLANNER_NAME = 'planner';

let keepsTime = false;
/**
 * Prepares the calling process for a loop that keeps real time, and undoes it afterwards. Where the user may have real-time
 * priorities its planner threads get one, behind the loop's: with an ordinary one a plan waits for the slices of whoever
 * draws beside it, some 100 ms now and then. For everybody else the helper threads (planners, the compiler, the collector)
 * keep off the last core, or the loop would wait for the slices of its own helpers, 3 ms each; the main thread may run on
 * all cores throughout.
 */
export function keepTime(strictly: boolean): void {
  if (process.platform !== 'linux' || (!strictly && !keepsTime)) return;
  if (strictly !== keepsTime) favoured.clear();
  keepsTime = strictly;
  favourPlanners();
}
/** Threads that have the priority of now, and the next look for others; one look at a time, whoever asks. */
let favoured = new Set<string>();
let nextLook: NodeJS.Timeout | undefined;
/** Planner threads that are still being born are looked for during two seconds. */
function favourPlanners(looks = 20): void {
  clearTimeout(nextLook);
  const how = keepsTime ? ['--rr', '--pid', PLANNER_RANK] : ['--other', '--pid', '0'];
  const threads = threadsNamed(PLANNER_NAME);
  for (const thread of threads)
    if (!favoured.has(thread)) execFile('chrt', [...how, thread], (refused) => leaveCoreToLoop(keepsTime && refused !== null));
  favoured = new Set(threads);
  if (looks > 1) nextLook = setTimeout(() => favourPlanners(looks - 1), 100).unref();
}
let leavesCore = false;
function leaveCoreToLoop(leave: boolean): void {
  const cores = coresOfThisProcess();
  if (cores.length < 2 || leave === leavesCore) return;
  leavesCore = leave;
  const pid = String(process.pid);
  const all = cores.join(',');
  const helpers = leave ? cores.slice(0, -1).join(',') : all;
  execFile('taskset', ['--all-tasks', '--pid', '--cpu-list', helpers, pid], () => {
    execFile('taskset', ['--pid', '--cpu-list', all, pid], () => {});
  });
}
/** Numbers of this process's threads of that name. */
function threadsNamed(name: string): string[] {
  try {
    return readdirSync('/proc/self/task').filter((thread) => readFileSync(`/proc/self/task/${thread}/comm`, 'utf8').trim() === name);
  } catch {
    return []; // a thread may have ended meanwhile
  }
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
