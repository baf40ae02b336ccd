import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RecorderRing } from '../../src/main/control/recorderRing';

test('what is written comes out, in order, whatever the lengths; what finds no room is dropped whole and counted', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.array(fc.double(), { maxLength: 9 }), fc.constant('read' as const)), { maxLength: 80 }), (steps) => {
      const ring = new RecorderRing(RecorderRing.memory(16));
      const waiting: number[][] = [];
      let used = 0;
      let dropped = 0;
      for (const step of steps) {
        if (step === 'read') {
          const wanted = waiting.shift();
          const got = ring.read();
          expect(got && [...got]).toEqual(wanted);
          if (wanted !== undefined) used -= wanted.length + 1;
          continue;
        }
        const fits = used + step.length + 1 <= 16;
        expect(ring.write(Float64Array.from(step), step.length)).toBe(fits);
        if (fits) {
          waiting.push(step);
          used += step.length + 1;
        } else dropped++;
      }
      expect(ring.dropped).toBe(dropped);
    }),
  );
});
test('the counts may run over', () => {
  const ring = new RecorderRing(RecorderRing.memory(16));
  new Int32Array(ring.memory, 0, 2).fill(-3); // 2³² − 3 words written and read
  for (let i = 0; i < 10; i++) {
    expect(ring.write(Float64Array.of(i, i + 0.5), 2)).toBe(true);
    expect([...ring.read()!]).toEqual([i, i + 0.5]);
  }
  expect(ring.read()).toBeUndefined();
});
test('a capacity that is no power of 2 is refused', () => expect(() => RecorderRing.memory(100)).toThrow(RangeError));

test('two threads at once lose and mix nothing', async () => {
  const memory = RecorderRing.memory(64);
  const ring = new RecorderRing(memory);
  // the other thread reads by the same layout, in words of its own, because it is no module of ours: numbers must count on
  const reader = new Worker(
    `const { workerData, parentPort } = require('node:worker_threads');
     const head = new Int32Array(workerData, 0, 4), words = new Float64Array(workerData, 16), mask = words.length - 1;
     let next = 0, wrong = 0;
     for (;;) {
       const read = head[1] >>> 0;
       if (read === Atomics.load(head, 0) >>> 0) continue;
       const length = words[read & mask];
       for (let i = 1; i < length; i++) if (words[(read + i) & mask] !== next++) wrong++;
       const last = length === 1;
       Atomics.store(head, 1, (read + length) | 0);
       if (last) break;
     }
     parentPort.postMessage({ next, wrong });`,
    { eval: true, workerData: memory },
  );
  const heard = new Promise<{ next: number; wrong: number }>((done, fail) => {
    reader.once('message', done);
    reader.once('error', fail);
  });
  const record = new Float64Array(6);
  let next = 0;
  for (let i = 0; i < 50_000; i++) {
    const count = 1 + (i % 6);
    for (let k = 0; k < count; k++) record[k] = next + k;
    if (ring.write(record, count)) next += count;
    else i--; // full: the other thread reads on
  }
  while (!ring.write(record, 0));
  expect(await heard).toEqual({ next, wrong: 0 });
  expect(next).toBe(8_333 * 21 + 1 + 2);
  await reader.terminate();
});
