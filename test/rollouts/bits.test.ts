import { expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { hashesOfNoisyPlans } from '../support/noisyPlans';
import { WANTED_BITS } from '../support/wantedBits';

test('three noisy plans and all their costs have the bits that every engine must give', () => {
  expect(hashesOfNoisyPlans(loadKernels())).toEqual(WANTED_BITS);
});

test('one cost that is off by a bit would show', () => {
  const found = hashesOfNoisyPlans(loadKernels(), (costs) => {
    const last = new Uint8Array(costs.buffer, costs.byteOffset + costs.byteLength - 8);
    last[0]! ^= 1;
  });
  for (const [name, hash] of Object.entries(WANTED_BITS)) expect(found[name]).not.toBe(hash);
});
