import { Worker } from 'node:worker_threads';
import { entryFile } from './fork';
import { loadKernels } from './kernels';

/** What one round does: 12 chains × 4 multiply-adds × 4 lanes × 2. */
const OPERATIONS_A_ROUND = 12 * 4 * 4 * 2;
const ROUNDS = 200_000;

/** The most that this processor can do in 128-bit vectors, measured by doing nothing else. */
export interface PeakChain {
  /** fma128: one fused instruction for two operations; mulAdd128: two of them, where the engine does not fuse. */
  readonly kind: 'fma128' | 'mulAdd128';
  /** Floating-point operations of one call of `run`, over all threads. */
  operations(threads: number): number;
  /** Works on so many threads at once and returns when all are done. */
  run(threads: number): void;
  close(): Promise<void>;
}

/** @param threads  most that it will be asked for, this one included */
export function peakChain(threads: number): PeakChain {
  const kernels = loadKernels();
  const module = kernels.module('peak', kernels.fuses ? 'fused' : 'portable');
  const chains = new WebAssembly.Instance(module, {}).exports['chains'] as (rounds: number, factor: number, addend: number) => number;
  const helpers = Array.from({ length: threads - 1 }, () => {
    const words = new Int32Array(new SharedArrayBuffer(12));
    words[ROUNDS_WORD] = ROUNDS;
    const thread = new Worker(entryFile('peakThread'), { workerData: { module, words } });
    thread.unref();
    return { thread, words };
  });
  return {
    kind: kernels.fuses ? 'fma128' : 'mulAdd128',
    operations: (count) => count * ROUNDS * OPERATIONS_A_ROUND,
    run(count) {
      const asked = helpers.slice(0, count - 1);
      for (const { words } of asked) {
        Atomics.store(words, DONE, 0);
        Atomics.add(words, GO, 1);
        Atomics.notify(words, GO);
      }
      chains(ROUNDS, 0.999, 0.001);
      for (const { words } of asked)
        while (Atomics.load(words, DONE) === 0) {
          if (Atomics.wait(words, DONE, 0, PATIENCE_MS) === 'timed-out') throw new Error('A thread of the peak did not answer.');
        }
    },
    async close() {
      await Promise.all(helpers.map(({ thread }) => thread.terminate()));
    },
  };
}

/** Words of the memory that is shared with `peakThread.ts`. */
const GO = 0;
const DONE = 1;
const ROUNDS_WORD = 2;
const PATIENCE_MS = 5_000;
