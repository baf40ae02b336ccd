// A child as the workbench's entries are: says hello, answers, and leaves as told.
import { parentOfThisProcess } from './parent.mjs';

const parent = parentOfThisProcess();
parent.onGone(() => process.exit(0));
parent.onMessage((message) => {
  if (message.kind === 'throw') throw new Error('planted');
  if (message.kind === 'exit') process.exit(message.code);
  if (message.kind === 'echo') parent.send({ ...message, pool: process.env.UV_THREADPOOL_SIZE });
});
parent.send({ kind: 'hello', pid: process.pid });
setInterval(() => {}, 1000); // something that would keep it alive
