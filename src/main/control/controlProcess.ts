import type { Worker } from 'node:worker_threads';
import type { FromControl, ToControl } from '../../shared/contract/controlMessages';
import { LiveRun, type PlannerLink } from './liveRun';
import { RecorderLink, type RecorderJob } from './recorderLink';
import { preciseTimer } from './preciseTimer';
import type { FromPlanner, ToPlanner } from './plannerMessages';

/** What an entry file hands in. */
export interface ControlProcessPorts {
  now(): number;
  send(message: FromControl): void;
  onMessage(listener: (message: ToControl) => void): void;
  /** The workbench is gone; nobody will ever say stop again. */
  onParentGone(listener: () => void): void;
  spawnPlanner(): Worker;
  spawnRecorder(job: RecorderJob): Worker;
  /** Told at the start of an episode whether the loop keeps real time. */
  keepTime(strictly: boolean): void;
  exit(code: number): void;
  readonly pid: number;
}
/** The workbench says that it lives four times a second; silent for a second it counts as hung, and a rig must not run on. */
const SILENCE_MS = 1_000;

/** The control process: everything with a deadline, and nothing else. */
export function runControlProcess(ports: ControlProcessPorts): { fail(error: unknown): void; leave(reason: string): void } {
  const recorder = new RecorderLink(ports.spawnRecorder, {
    onStatus: (recording) => ports.send({ kind: 'recording', recording }),
    onTrouble(text, isOver) {
      ports.send({ kind: 'notice', level: 'warning', text });
      if (isOver) run.recordingLost(text);
    },
  });
  let leaving = false;
  const leave = (code: number) => {
    if (!leaving) void recorder.close().then(() => ports.exit(code));
    leaving = true;
  };
  const run = new LiveRun({
    now: ports.now,
    setTimer: (callback, ms) => preciseTimer(callback, ms, ports.now),
    send: ports.send,
    planner: plannerLink(ports.spawnPlanner),
    recorderIn: (folder) => recorder.sinkIn(folder),
    keepTime: ports.keepTime,
  });
  let heard = ports.now();
  ports.onMessage((message) => {
    heard = ports.now();
    run.receive(message);
    if (message.kind === 'leave') leave(0);
  });
  ports.onParentGone(() => {
    run.stop('The workbench is gone.');
    leave(0);
  });
  // a simulated rig may go on without its workbench; that it fell silent is said when it comes back
  const watch = setInterval(() => {
    const silent = ports.now() - heard;
    if (silent > SILENCE_MS)
      ports.send({
        kind: 'notice',
        level: 'warning',
        text: `The workbench was silent for ${(silent / 1000).toFixed(1)} s; the simulation went on.`,
      });
  }, SILENCE_MS);
  watch.unref();
  ports.send({ kind: 'hello', pid: ports.pid });
  return {
    /** Zero, the recording closed, and out. */
    leave(reason) {
      run.stop(reason);
      leave(0);
    },
    /** The fatal handler: zero, say why, leave with 70. */
    fail(error) {
      run.stop(`The control process failed: ${error instanceof Error ? error.message : String(error)}`);
      leave(70);
    },
  };
}

/** The planner thread behind a link that survives its death, at most three times a minute. */
function plannerLink(spawn: () => Worker): PlannerLink {
  let listener: ((message: FromPlanner) => void) | undefined;
  let lost: ((reason: string) => void) | undefined;
  let worker: Worker | undefined;
  const deaths: number[] = [];
  const start = () => {
    const started = spawn();
    worker = started;
    let reason = 'it ended';
    started.on('message', (message: FromPlanner) => listener?.(message));
    started.on('error', (error) => (reason = error.message));
    started.on('exit', () => {
      if (worker !== started) return;
      worker = undefined;
      const now = performance.now();
      deaths.push(now);
      while (deaths.length > 0 && now - deaths[0]! > 60_000) deaths.shift();
      if (deaths.length <= 3) start();
      lost?.(deaths.length <= 3 ? reason : `${reason}; it ended four times within a minute and stays off`);
    });
  };
  start();
  return {
    post: (message: ToPlanner) => worker?.postMessage(message),
    onMessage: (listen) => (listener = listen),
    onLost: (listen) => (lost = listen),
  };
}
