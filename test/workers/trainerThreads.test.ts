/** Real threads that train members of one network. */
import { rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { loadKernels } from '../../src/main/workers/kernels';
import { TrainerThreads } from '../../src/main/workers/trainerThreads';
import { FitCancelled } from '../../src/shared/models/model';
import type { TrainingCourse } from '../../src/shared/models/network/course';
import { kernelTrainer } from '../../src/shared/models/network/kernelTrainer';
import { train } from '../../src/shared/models/network/train';
import { setNetworkTrainer } from '../../src/shared/models/network/trainer';
import { sineCourse } from '../models/network/sineCourse';
import { buildEntry } from '../support/buildEntry';

const portable = loadKernels().module('training', 'portable');
let entry = '';
beforeAll(async () => {
  entry = await buildEntry('trainer', 'src/main/workers/trainer.ts');
}, 60_000);
afterAll(() => rmSync(dirname(entry), { recursive: true, force: true }));

const crews: TrainerThreads[] = [];
const spawned: Worker[] = [];
afterEach(async () => {
  spawned.length = 0;
  await Promise.all(crews.splice(0).map((crew) => crew.close()));
});
const crewOf = (helpers: number, spawn = () => new Worker(entry)) => {
  const crew = new TrainerThreads(helpers, () => {
    const helper = spawn();
    spawned.push(helper);
    return helper;
  });
  crews.push(crew);
  return crew;
};

/** A whole training, in portions as `train` takes them. */
async function trained(crew: TrainerThreads | undefined, changes: Partial<TrainingCourse> = {}) {
  const { course, parameters, moments } = sineCourse(changes);
  const run = kernelTrainer(portable, crew).begin(course, parameters, moments);
  const losses: number[] = [];
  try {
    for (let to = 10; to <= course.steps; to += 10) {
      losses.push(...(await run.take(to, course.steps)));
      await crew?.breathe();
    }
    run.bring();
  } finally {
    run.end();
  }
  return { parameters, moments, losses };
}

test('one, two and three threads give the same bytes', async () => {
  const alone = await trained(undefined);
  expect(alone.losses.length).toBe(200);
  expect(alone.losses.at(-1)).toBeLessThan(0.1 * alone.losses[0]);
  const crew = crewOf(1);
  for (let time = 0; time < 5; time++) expect(await trained(crew)).toEqual(alone);
  expect(spawned.length).toBe(1); // kept from training to training
  expect(await trained(crewOf(7))).toEqual(alone);
  expect(spawned.length).toBe(1 + 2); // three members keep three threads busy at most
});

test('helpers train while the thread that began does nothing', async () => {
  const { course, parameters, moments } = sineCourse();
  const alone = await trained(undefined);
  const crew = crewOf(1);
  const run = kernelTrainer(portable, crew).begin(course, parameters, moments);
  const first = await run.take(1, course.steps); // from here on all of it is the helper's
  const steps = () => {
    run.bring();
    return moments.steps;
  };
  const end = performance.now() + 20_000;
  while (steps() < course.steps && performance.now() < end) await new Promise((done) => setTimeout(done, 5));
  run.bring(); // the last look may have caught a member while its thread wrote it
  run.end();
  expect(moments.steps).toBe(course.steps);
  expect(parameters).toEqual(alone.parameters);
  expect(first).toEqual(alone.losses.slice(0, 1));
});

test('a training that diverges is told with the same step, whatever the number of threads', async () => {
  const { losses } = await trained(undefined, { rate: 1e30 }).catch(() => ({ losses: [] }));
  const { course, parameters, moments } = sineCourse({ rate: 1e30 });
  const run = kernelTrainer(portable, crewOf(1)).begin(course, parameters, moments);
  const said = await run.take(100, 200);
  run.end();
  expect(said.length).toBeLessThan(100);
  expect(said.at(-1)).toBeNaN();
  expect(said).toEqual(losses.slice(0, said.length));
});

/** A thread that takes the first free member, as `MemberBoard` has it, and goes with it. */
const thief = (goes: string) => `
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', ({ shared }) => {
    const words = new Int32Array(shared.memory, 0, 7);
    for (;;) {
      while (Atomics.load(words, 1) === 0) Atomics.wait(words, 2, Atomics.load(words, 2), 10);
      for (let m = 4; m < 7; m++) {
        const word = Atomics.load(words, m);
        if (word % 2 === 0 && Atomics.compareExchange(words, m, word, word + 1) === word) ${goes};
      }
    }
  });`;

test('a thread that dies with a member in its hands ends the training in a sentence, and the next has another thread', async () => {
  let thieves = 1;
  const crew = crewOf(1, () => (thieves-- > 0 ? new Worker(thief('process.exit(3)'), { eval: true }) : new Worker(entry)));
  const long = { steps: 1_000_000 };
  await expect(trained(crew, long)).rejects.toThrow('A training thread ended with code 3. The next fit starts it anew.');
  expect(await trained(crew)).toEqual(await trained(undefined));
  expect(spawned.length).toBe(2);
});

test('a thread that fails with a member in its hands is told in its own words', async () => {
  const crew = crewOf(1, () => new Worker(thief(`throw new Error('out of memory')`), { eval: true }));
  await expect(trained(crew, { steps: 1_000_000 })).rejects.toThrow('A training thread failed: out of memory.');
});

test('the training goes on without a thread that fails with empty hands', async () => {
  const faulty = `require('node:worker_threads').parentPort.on('message', () => { throw new Error('no memory'); });`;
  const crew = crewOf(1, () => new Worker(faulty, { eval: true }));
  expect(await trained(crew)).toEqual(await trained(undefined));
});

test('a fit that is called off leaves the threads free for the next', async () => {
  const { course, parameters, moments } = sineCourse({ steps: 1_000_000 });
  setNetworkTrainer(kernelTrainer(portable, crewOf(1)));
  let checks = 0;
  const task = { ...course, X: Float64Array.from(course.X), Y: Float64Array.from(course.Y), leastBatch: 64 };
  const checkpoint = () => (++checks > 20 ? Promise.reject(new FitCancelled()) : Promise.resolve());
  await expect(train({ ...task, checkpoint }, parameters, moments)).rejects.toThrow(FitCancelled);
  expect(await trained(crews[0])).toEqual(await trained(undefined));
  expect(spawned.length).toBe(1);
});
