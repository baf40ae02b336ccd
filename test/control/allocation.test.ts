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

async function measured(): Promise<readonly Allocation[]> {
  const worker = new Worker(entry);
  const rows = await new Promise<Allocation[]>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  return rows;
}
/** 3,072 candidates in place of 128, of twice the length. */
const tooMuch = ({ small, large }: Allocation) => large - small > GROWTH_LIMIT || large >= 10_000;

/**
 * What the engine puts inline, and so keeps off the heap, differs from program to program with the moment at which it compiles:
 * a search that leaves something for each candidate leaves it in every one of three.
 */
const PROGRAMS = 3;

test('what a plan leaves to the collector does not grow with population, horizon or iterations', async () => {
  let left: readonly Allocation[] | undefined;
  for (let program = 0; program < PROGRAMS && left?.length !== 0; program++) {
    const rows = await measured();
    expect(rows).toHaveLength(3 * Object.keys(planners).length);
    const earlier = left;
    const isLeft = ({ model, planner }: Allocation) => earlier?.some((one) => one.model === model && one.planner === planner) ?? true;
    left = rows.filter((row) => isLeft(row) && tooMuch(row));
  }
  expect(left).toEqual([]);
}, 300_000);
