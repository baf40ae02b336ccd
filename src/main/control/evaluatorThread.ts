import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Rollouts } from '../../shared/rollouts/rollouts';
import { deskFor, takeItems, viewsOf, Word, type MemoryViews } from './evaluatorMemory';
import type { EvaluatorMessage } from './plannerPool';
import type { KernelSource } from '../../shared/rollouts/kernels/source';
import { loadSubject, rolloutsOf } from './subject';

/**
 * The life of a helper thread of the planner pool: sleep until the generation rises, read what the leader posted
 * before it, take items of the job that is new, count itself done. A model is made ready as soon as it is posted, so that no
 * plan waits for it. It never returns to its event loop; the leader terminates it.
 */
export function serveEvaluations(port: MessagePort, kernels: () => KernelSource): never {
  const desk = deskFor(awaitMemory(port));
  let rollouts: Rollouts | undefined;
  let bank: Float64Array | undefined;
  let seen = 0;
  let lastJob = 0;
  for (;;) {
    if (!riseSoon(desk.views.control, seen)) Atomics.wait(desk.views.control, Word.generation, seen);
    // before the port is looked into: what is posted later raises it once more
    seen = Atomics.load(desk.views.control, Word.generation);
    for (let message = posted(port); message !== undefined; message = posted(port)) {
      if (message.kind === 'memory') {
        desk.views = viewsOf(message.memory);
        seen = NOTHING_SEEN;
      } else if (message.kind === 'bank') bank = new Float64Array(message.bank);
      else {
        const { subject, choice } = message;
        rollouts = rolloutsOf(loadSubject(subject), choice && { kernels: kernels(), choice });
      }
    }
    const { control } = desk.views;
    const job = Atomics.load(control, Word.job);
    if (job === lastJob || rollouts === undefined) continue;
    lastJob = job;
    try {
      takeItems(desk, rollouts, bank);
    } catch {
      Atomics.store(control, Word.failed, 1); // the leader gives up its helpers and does the work alone
    }
    Atomics.add(control, Word.done, 1);
    Atomics.notify(control, Word.done);
  }
}

/**
 * Looks for a while whether the generation rises: a plan asks again as soon as its elites are ranked, some 0.1 ms later. A
 * thread that slept would often wake up on the leader's core and wait there until the system moves it, which takes longer
 * than the population does.
 */
function riseSoon(control: Int32Array, seen: number): boolean {
  for (let look = 0; look < LOOKS; look++) if (Atomics.load(control, Word.generation) !== seen) return true;
  return false;
}
/** Some 0.3 ms. */
const LOOKS = 8_000;

/** No generation: the next wait for one that differs is none. */
const NOTHING_SEEN = -1;

const posted = (port: MessagePort): EvaluatorMessage | undefined =>
  (receiveMessageOnPort(port) as { message: EvaluatorMessage } | undefined)?.message;

/** The memory is the first thing that is posted. */
function awaitMemory(port: MessagePort): MemoryViews {
  const nap = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const message = posted(port);
    if (message?.kind === 'memory') return viewsOf(message.memory);
    Atomics.wait(nap, 0, 0, 1);
  }
}
