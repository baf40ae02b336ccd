import { LiveRun } from '../../src/main/control/liveRun';
import type { FromPlanner } from '../../src/main/control/plannerMessages';
import { PlannerThread } from '../../src/main/control/plannerThread';
import type { ChildProcessHandle } from '../../src/main/workbench/children';
import type { ToLearner } from '../../src/main/workbench/learnerClient';
import { createWorkbench } from '../../src/main/workbench/workbench';
import type { ToLibrarian } from '../../src/main/workbench/librarianClient';
import type { Desktop, LibrarianPlace } from '../../src/main/workbench/workbenchPorts';
import { serveLearner } from '../../src/main/workers/learnerService';
import { serveLibrarian } from '../../src/main/workers/librarianService';
import type { FromControl, ToControl } from '../../src/shared/contract/controlMessages';
import { connect } from '../../src/shared/contract/rpc';
import { memoryPipe } from '../../src/shared/contract/transport';
import type { Setup } from '../../src/shared/setups/setup';

/** A child that lives in this process: messages are copied and come later, as between processes, and it can be killed. */
export interface ChildHere extends ChildProcessHandle {
  readonly received: readonly { readonly kind: string }[];
  /** It says something that its life would not, or not now. */
  say(message: unknown): void;
  /** It is gone without a word, as after SIGKILL. */
  die(how?: string): void;
  /** It takes nothing in and says nothing any more, but is not gone. */
  hang(): void;
}
interface Inside {
  onDeath(listener: () => void): void;
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  leave(): void;
}
let pids = 1000;
function childHere(live: (inside: Inside) => void): ChildHere {
  const outward = new Set<(message: unknown) => void>();
  const inward = new Set<(message: unknown) => void>();
  const exits = new Set<(how: string) => void>();
  const deaths = new Set<() => void>();
  const received: { kind: string }[] = [];
  let over: string | undefined;
  let hangs = false;
  const later = (listeners: Set<(message: unknown) => void>, message: unknown) => {
    const copy = structuredClone(message);
    queueMicrotask(() => {
      if (over === undefined && !hangs) for (const listen of listeners) listen(copy);
    });
  };
  const die = (how = 'was killed (SIGKILL)') => {
    if (over !== undefined) return;
    over = how;
    for (const listen of deaths) listen();
    for (const listen of exits) listen(how);
  };
  live({
    onDeath: (listener) => void deaths.add(listener),
    send: (message) => later(outward, message),
    onMessage: (listener) => void inward.add(listener),
    leave: () => die('ended with code 0'),
  });
  return {
    pid: ++pids,
    received,
    send(message) {
      received.push(structuredClone(message) as { kind: string });
      later(inward, message);
    },
    onMessage: (listener) => void outward.add(listener),
    onExit: (listener) => (over === undefined ? void exits.add(listener) : listener(over)),
    kill: () => die(),
    say: (message) => later(outward, message),
    die,
    hang: () => void (hangs = true),
  };
}

/** The real live run with a real planner on one thread; a plan takes `planningMs` of the clock. */
export function controlHere(planningMs = 5): ChildHere {
  return childHere(({ send, onMessage, leave, onDeath }) => {
    const timers = new Set<NodeJS.Timeout>(); // they end with the process
    const after = (ms: number, callback: () => void) => {
      const timer = setTimeout(() => {
        timers.delete(timer);
        callback();
      }, ms);
      timers.add(timer);
      return () => {
        clearTimeout(timer);
        timers.delete(timer);
      };
    };
    onDeath(() => timers.forEach(clearTimeout));
    let answer: (message: FromPlanner) => void = () => {};
    const planner = new PlannerThread({
      post: (message) => answer(message),
      spawnEvaluator: () => {
        throw new Error('One thread is enough here.');
      },
      now: () => performance.now(),
    });
    const run = new LiveRun({
      now: () => performance.now(),
      setTimer: (callback, ms) => after(ms, callback),
      send: (message: FromControl) => send(message),
      planner: {
        post(message) {
          if (message.kind === 'configure' || message.kind === 'prepare') planner.receive({ ...message, threads: 1 });
          else if (message.kind === 'plan') after(planningMs, () => planner.receive(message));
          else planner.receive(message);
        },
        onMessage: (listener) => (answer = listener),
        onLost: () => {},
      },
    });
    onMessage((message) => {
      run.receive(message as ToControl);
      if ((message as ToControl).kind === 'leave') leave();
    });
    send({ kind: 'hello', pid: 1 } satisfies FromControl);
  });
}

/** The real service of the learner process; a slice of a fit takes no time unless `sliceMs` says so. */
export function learnerHere(sliceMs = 0): ChildHere {
  return childHere(({ send, onMessage, leave }) =>
    serveLearner({
      send,
      onMessage: (listener) => onMessage((message) => listener(message as ToLearner)),
      now: () => performance.now(),
      breathe: () => (sliceMs === 0 ? Promise.resolve() : new Promise((done) => setTimeout(done, sliceMs))),
      stepBack: () => {},
      leave,
    }),
  );
}

/** The real service of the librarian's thread. */
export function librarianHere(place: LibrarianPlace): ChildHere {
  return childHere(({ send, onMessage, leave }) =>
    serveLibrarian({ send, onMessage: (listener) => onMessage((message) => listener(message as ToLibrarian)), leave }, place),
  );
}
/** A desktop that only keeps what it was asked. */
export class DesktopHere implements Desktop {
  readonly trashed: string[] = [];
  readonly shown: string[] = [];
  trash = async (paths: readonly string[]) => void this.trashed.push(...paths);
  show = async (path: string) => void this.shown.push(path);
}

/** A workbench whose children are in this process; every child that was started is kept. */
export function workbenchHere({
  planningMs = 5,
  sliceMs = 0,
  setup,
  home = '/nowhere',
}: { planningMs?: number; sliceMs?: number; setup?: Setup; home?: string } = {}) {
  const controls: ChildHere[] = [];
  const learners: ChildHere[] = [];
  const librarians: ChildHere[] = [];
  const desktop = new DesktopHere();
  const workbench = createWorkbench({
    forkControl() {
      controls.push(controlHere(planningMs));
      return controls.at(-1)!;
    },
    spawnLearner() {
      learners.push(learnerHere(sliceMs));
      return learners.at(-1)!;
    },
    spawnLibrarian(place) {
      librarians.push(librarianHere(place));
      return librarians.at(-1)!;
    },
    desktop,
    now: () => performance.now(),
    home,
    version: '0.0.0-test',
    ...(setup && { setup }),
  });
  return {
    workbench,
    controls,
    learners,
    librarians,
    desktop,
    join() {
      const [near, far] = memoryPipe();
      workbench.join(far);
      return { ...connect(near), leave: () => near.close() };
    },
    /** A client that is there and hears, but whose code answers nothing. */
    joinMute() {
      const [near, far] = memoryPipe();
      workbench.join(far);
      const answers: unknown[] = [];
      near.onMessage((message) => answers.push(message));
      return { near, answers };
    },
  };
}
