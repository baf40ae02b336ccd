// The learner process: fits models, and may die of it. The only process that may load the native tensor library.
import { availableParallelism, constants, setPriority } from 'node:os';
import { stepBack } from './priority';
import { parentOfThisProcess } from './parent';
import { serveLearner } from './learnerService';
import type { ToLearner } from '../workbench/learnerClient';

const fail = (error: unknown) => {
  console.error(`The learner process ends: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  process.exit(70);
};
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);

const parent = parentOfThisProcess();
try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL); // fitting takes what the loop and its planners leave
} catch {
  // Some systems do not allow it; then it competes like any other process.
}
let steppedBack = false;
const stepBackOnce = () => {
  if (!steppedBack) stepBack();
  steppedBack = true;
};
parent.onGone(() => process.exit(0));
serveLearner({
  send: (message) => parent.send(message),
  onMessage: (listener) => parent.onMessage((message) => listener(message as ToLearner)),
  now: () => performance.now(),
  breathe: () => new Promise((resolve) => setImmediate(resolve)),
  leave: () => process.exit(0),
  stepBack: stepBackOnce,
  threads: availableParallelism(),
});
