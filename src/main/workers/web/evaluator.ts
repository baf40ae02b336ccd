// A helper thread of the planner pool in a browser, where a thread cannot look into its port without going back to its events.
import { takeItems, viewsOf, Word, type MemoryViews } from '../../control/evaluatorMemory';
import type { EvaluatorMessage } from '../../control/plannerPool';
import { loadSubject, rolloutsOf } from '../../control/subject';
import type { Rollouts } from '../../../shared/rollouts/rollouts';
import { fetchKernels } from './kernels';
import { scope } from './scope';

const kernels = await fetchKernels();
let views: MemoryViews | undefined;
let rollouts: Rollouts | undefined;
let bank: Float64Array | undefined;
let lastJob = 0;

scope.onmessage = ({ data }) => {
  const message = data as EvaluatorMessage | { readonly kind: 'hold' };
  if (message.kind === 'memory') views = viewsOf(message.memory);
  else if (message.kind === 'bank') bank = new Float64Array(message.bank);
  else if (message.kind === 'subject')
    rollouts = rolloutsOf(loadSubject(message.subject), message.choice && { kernels, choice: message.choice });
  else hold(views!);
};
// Until it holds, jobs are looked for now and then, so that memory and model can still be posted.
setInterval(() => {
  if (views !== undefined && rollouts !== undefined && bank !== undefined) takeJob(views, rollouts, bank);
}, 1);
scope.postMessage('ready');

function takeJob({ control }: MemoryViews, own: Rollouts, noise: Float64Array): void {
  const job = Atomics.load(control, Word.job);
  if (job === lastJob) return;
  lastJob = job;
  try {
    takeItems(views!, own, noise);
  } catch {
    Atomics.store(control, Word.failed, 1);
  }
  Atomics.add(control, Word.done, 1);
  Atomics.notify(control, Word.done);
}

/** From here on it is a thread as under Node: asleep until there is a job, and nothing is posted any more. */
function hold({ control }: MemoryViews): never {
  for (;;) {
    const seen = Atomics.load(control, Word.generation);
    takeJob(views!, rollouts!, bank!);
    Atomics.wait(control, Word.generation, seen);
  }
}
