// A further thread of the peak that `upright bench` measures.
import { workerData } from 'node:worker_threads';

const { module, words } = workerData as { readonly module: WebAssembly.Module; readonly words: Int32Array };
// [0] rises when there is work, [1] counts what was done, [2] is how much to do
const chains = new WebAssembly.Instance(module, {}).exports['chains'] as (rounds: number, factor: number, addend: number) => number;
for (let seen = 0; ;) {
  Atomics.wait(words, 0, seen);
  seen = Atomics.load(words, 0);
  chains(words[2]!, 0.999, 0.001);
  Atomics.add(words, 1, 1);
  Atomics.notify(words, 1);
}
