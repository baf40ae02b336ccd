// A library of others, as far as the bench can tell: `standInPeer.mjs HOW`. It costs each sequence the sum of its actions.
import { createInterface } from 'node:readline';

const how = process.argv[2];
const say = (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`);
const unpacked = ({ bytes }) => new Float64Array(new Uint8Array(Buffer.from(bytes, 'base64')).buffer);
const packed = (numbers) => ({ type: 'float64', shape: [numbers.length], bytes: Buffer.from(numbers.buffer).toString('base64') });

if (how === 'lacks') say({ error: "ModuleNotFoundError: No module named 'torch'" });
else if (how === 'babbles') process.stdout.write('Hello.\n');
else say({ version: '9.8' });
if (how === 'dies') {
  process.stderr.write('out of memory\n');
  process.exit(3);
}
let done = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  if (question.ask === 'prepare') say({ form: `as ${question.work}${question.asInstalled ? ', as installed' : ''}` });
  else if (question.ask === 'spent') say({ milliseconds: 100 + done });
  else if (question.ask === 'losses') say({ losses: [2, 1] });
  else if (question.ask === 'costs') {
    const [count, horizon] = question.actions.shape;
    const actions = unpacked(question.actions);
    const costs = Float64Array.from({ length: how === 'short' ? count - 1 : count }, (_, i) =>
      actions.subarray(i * horizon, (i + 1) * horizon).reduce((sum, action) => sum + action, how === 'wrong' ? 1e-3 : 0),
    );
    say({ costs: packed(costs) });
  } else if (question.ask === 'once') {
    done++;
    if (how === 'silent') continue;
    if (how === 'tires' && done > 5) process.exit(1);
    say({ milliseconds: question.time });
  } else say({ error: `no ${question.ask}` });
}
