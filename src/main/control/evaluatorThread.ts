import { receiveMessageOnPort, type MessagePort } from 'node:worker_threads';
import type { Rollouts } from '../../shared/rollouts/rollouts';
import { takeItems, viewsOf, Word, type MemoryViews } from './evaluatorMemory';
import type { EvaluatorMessage } from './plannerPool';
import type { KernelSource } from '../../shared/rollouts/kernels/source';
import { loadSubject, rolloutsOf } from './subject';

/**
 * The life of a helper thread of the planner pool: sleep until the generation rises, read what the leader posted
 * before it, take items, count itself done. It never returns to its event loop; the leader terminates it.
 */
export function serveEvaluations(port: MessagePort, kernels: () => KernelSource): never {
  let views: MemoryViews | undefined;
  let rollouts: Rollouts | undefined;
  let seen = 0;
  for (;;) {
    if (views === undefined) {
      const first = receiveMessageOnPort(port) as { message: EvaluatorMessage } | undefined;
      if (first === undefined)
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1); // nothing posted yet
      else if (first.message.kind === 'memory') views = viewsOf(first.message.memory);
      continue;
    }
    Atomics.wait(views.control, Word.generation, seen);
    for (
      let posted = receiveMessageOnPort(port) as { message: EvaluatorMessage } | undefined;
      posted !== undefined;
      posted = receiveMessageOnPort(port) as typeof posted
    ) {
      if (posted.message.kind === 'memory') views = viewsOf(posted.message.memory);
      else {
        const { subject, choice } = posted.message;
        rollouts = rolloutsOf(loadSubject(subject), choice && { kernels: kernels(), choice });
      }
    }
    const generation = Atomics.load(views.control, Word.generation);
    if (generation === seen || rollouts === undefined) {
      seen = generation;
      continue;
    }
    seen = generation;
    try {
      takeItems(views, rollouts);
    } catch {
      Atomics.store(views.control, Word.failed, 1); // the leader gives up its helpers and does the work alone
    }
    Atomics.add(views.control, Word.done, 1);
    Atomics.notify(views.control, Word.done);
  }
}
