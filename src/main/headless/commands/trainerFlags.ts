import { choice } from '../flags';
import { UsageError } from '../refusals';

/** What trains networks, for the commands that fit models. */
export const trainerFlags = {
  backend: choice({
    choices: ['auto', 'native', 'wasm', 'cpu'],
    default: 'auto',
    meaning: 'Networks: train by TensorFlow.js on this backend; one that is absent ends the call with 4.',
  }),
  trainer: choice({
    choices: ['auto', 'kernels', 'tensorflow'],
    default: 'auto',
    meaning: "Networks: what trains them; auto is the program's own kernels, or TensorFlow.js when --backend names a backend.",
  }),
} as const;

/** @throws UsageError when the two contradict each other */
export function checkTrainer(trainer: string, backend: string): void {
  if (trainer === 'kernels' && backend !== 'auto')
    throw new UsageError(
      'value',
      `--backend ${backend} is a backend of TensorFlow.js, and --trainer kernels does without it.`,
      'Leave one of them out.',
    );
}
