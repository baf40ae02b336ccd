import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { GROWTH_LIMIT, type Allocation } from '../../src/main/headless/commands/bench/allocation';
import * as planners from '../../src/shared/planners';
import { buildEntry } from '../support/buildEntry';

let entry = '';
beforeAll(async () => {
  entry = await buildEntry('allocationProbe', 'test/support/allocationProbe.ts');
}, 60_000);
afterAll(() => rmSync(dirname(entry), { recursive: true, force: true }));

test('what a plan leaves to the collector does not grow with population, horizon or iterations', async () => {
  const worker = new Worker(entry);
  const rows = await new Promise<Allocation[]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  expect(rows).toHaveLength(3 * Object.keys(planners).length);
  // 3,072 candidates in place of 128, of twice the length
  for (const { model, planner, small, large } of rows)
    expect([model, planner, large - small <= GROWTH_LIMIT]).toEqual([model, planner, true]);
  for (const { model, planner, large } of rows) expect([model, planner, large < 32_000]).toEqual([model, planner, true]);
}, 300_000);
