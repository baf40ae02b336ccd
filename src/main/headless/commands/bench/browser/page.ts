// The page of `upright bench --browser`: hands questions to the worker that leads, one at a time.
import { scope } from '../../../../workers/web/scope';

const leader = new scope.Worker('/leader.js', { type: 'module' });
const ask = (question: unknown) =>
  new Promise((answer) => {
    leader.onmessage = ({ data }) => answer(data);
    leader.postMessage(question);
  });
Object.assign(globalThis, { ask });
