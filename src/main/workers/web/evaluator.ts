// A helper thread of the planner pool in a browser, where a thread cannot look into its port without going back to its events.
import { deskFor, takeItems, viewsOf, Word, type ItemDesk } from '../../control/evaluatorMemory';
import type { EvaluatorMessage } from '../../control/plannerPool';
import { loadSubject, rolloutsOf } from '../../control/subject';
import type { Rollouts } from '../../../shared/rollouts/rollouts';
import { fetchKernels } from './kernels';
import { scope } from './scope';

const kernels = await fetchKernels();
let desk: ItemDesk | undefined;
let rollouts: Rollouts | undefined;
let bank: Float64Array | undefined;
let lastJob = 0;

scope.onmessage = ({ data }) => {
  const message = data as EvaluatorMessage | { readonly kind: 'hold' };
  if (message.kind === 'memory') desk = deskFor(viewsOf(message.memory));
  else if (message.kind === 'bank') bank = new Float64Array(message.bank);
  else if (message.kind === 'subject')
    rollouts = rolloutsOf(loadSubject(message.subject), message.choice && { kernels, choice: message.choice });
  else hold(desk!);
};
// Until it holds, jobs are looked for now and then, so that memory and model can still be posted.
setInterval(() => {
  if (desk !== undefined && rollouts !== undefined && bank !== undefined) takeJob(desk, rollouts, bank);
}, 1);
scope.postMessage('ready');

function takeJob(own: ItemDesk, through: Rollouts, noise: Float64Array): void {
  const { control } = own.views;
  const job = Atomics.load(control, Word.job);
  if (job === lastJob) return;
  lastJob = job;
  try {
    takeItems(own, through, noise);
  } catch {
    Atomics.store(control, Word.failed, 1);
  }
  Atomics.add(control, Word.done, 1);
  Atomics.notify(control, Word.done);
}

/** From here on it is a thread as under Node: asleep until there is a job, and nothing is posted any more. */
function hold(own: ItemDesk): never {
  const { control } = own.views;
  for (;;) {
    const seen = Atomics.load(control, Word.generation);
    takeJob(own, rollouts!, bank!);
    Atomics.wait(control, Word.generation, seen);
  }
}
