/** The learner process, real: built as the program builds it, forked under Node, fitted in, cancelled, killed. */
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChildProcessHandle } from '../../src/main/workbench/children';
import { LearnerClient, type FromLearner, type LearnerProgress, type ToLearner } from '../../src/main/workbench/learnerClient';
import { forkUnderNode } from '../../src/main/workers/fork';
import { serveLearner } from '../../src/main/workers/learnerService';
import { chooseTrainer } from '../../src/main/workers/trainers';
import { FitCancelled } from '../../src/shared/models/model';
import { runFit, type FitJob } from '../../src/shared/models/fitJob';
import { ensemble } from '../../src/shared/models';
import { pendulum } from '../../src/shared/plants';
import { defaultsOf } from '../../src/shared/settings';
import { allPriors, period, wander } from '../models/wander';

const root = join(import.meta.dirname, '../..');
const bindings = join(root, 'node_modules/@tensorflow/tfjs-node/lib');
/** As after `npm run tensorflow`. */
const nativeIsBuilt =
  existsSync(bindings) && readdirSync(bindings).some((version) => existsSync(join(bindings, version, 'tfjs_binding.node')));
// below the project, so that the packages that stay outside of the build are found
const folder = join(root, 'node_modules', '.learner-test', String(process.pid));
const clients: LearnerClient[] = [];

const job = (model: string, rows: number, settings: FitJob['settings'] = {}): FitJob => ({
  plant: 'pendulum',
  model,
  plantSettings: defaultsOf(pendulum.settings),
  settings,
  priors: allPriors,
  period,
  data: wander('pendulum', rows, 1).head(rows),
  seed: 1,
});
/** Networks that take about a minute: long enough to be interrupted. */
const long = job('ensemble', 100, { firstSteps: 20_000 });

describe('in a process of its own', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    await build({
      root,
      configFile: false,
      logLevel: 'silent',
      build: {
        ssr: true,
        outDir: folder,
        emptyOutDir: true,
        rolldownOptions: {
          input: { learner: 'src/main/workers/learner.ts', trainer: 'src/main/workers/trainer.ts' },
          output: { entryFileNames: '[name].js' },
        },
      },
    });
    expect(existsSync(join(folder, 'learner.js'))).toBe(true);
  }, 60_000);
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const clientOf = (wish?: 'native' | 'wasm' | 'cpu') => {
    const children: ChildProcessHandle[] = [];
    const spawnLearner = () => {
      const child = forkUnderNode(join(folder, 'learner.js'));
      children.push(child);
      return child;
    };
    const client = new LearnerClient({ spawnLearner, ...(wish && { wish }) });
    clients.push(client);
    return { client, children };
  };

  test('fits a Gaussian process to the same bits as in this one, and a later fit goes on from it', async () => {
    const { client } = clientOf();
    const far = await client.fit(job('gaussianProcess', 60));
    const here = (await runFit(job('gaussianProcess', 60))).save();
    expect(new Uint8Array(far.saved.weights)).toEqual(new Uint8Array(here.weights));
    expect(far.saved.header).toEqual(here.header);
    expect(far.backend).toBeUndefined();
    expect(far.seconds).toBeGreaterThan(0);
    const totals = new Set<number>();
    await client.fit({ ...job('gaussianProcess', 90), previous: far.saved }, ({ total }) => totals.add(total));
    expect([...totals]).toEqual([12]); // the iterations of a warm search, not the 40 of a first one
  });

  test('trains networks by kernels, to the same bits in any process', async () => {
    const { client } = clientOf();
    const far = await client.fit(job('ensemble', 60, { firstSteps: 50 }));
    expect([far.trainer, far.backend]).toEqual(['kernels', undefined]);
    expect(await chooseTrainer('auto', 'auto')).toEqual({ name: 'kernels' });
    const here = (await runFit(job('ensemble', 60, { firstSteps: 50 }))).save();
    expect(new Uint8Array(far.saved.weights)).toEqual(new Uint8Array(here.weights));
    expect((globalThis as { _tfengine?: unknown })._tfengine).toBeUndefined(); // where TensorFlow.js keeps its engine
  });

  test('trains on a backend that is named, says its reason, and tells progress with the time left', async () => {
    const { client } = clientOf('wasm');
    const heard: LearnerProgress[] = [];
    const { trainer, backend, saved } = await client.fit(job('ensemble', 60, { firstSteps: 100 }), (progress) => heard.push(progress));
    expect(trainer).toBe('tensorflow');
    expect(backend).toEqual({ name: 'wasm', version: '4.22.0', reason: 'asked for' });
    expect(heard.at(-1)).toMatchObject({ done: 100, total: 100, unit: 'steps', secondsLeft: 0 });
    expect(heard[0].secondsLeft).toBeGreaterThan(0);
    const model = ensemble.load(saved, pendulum, pendulum.create(defaultsOf(pendulum.settings)));
    const state = Float64Array.of(3, 0.5);
    model.predict(state, Float64Array.of(1), 1, -1);
    expect(Number.isFinite(state[1])).toBe(true);
  });

  test('a cancelled fit ends at once, and the next one is served by the same process', async () => {
    const { client, children } = clientOf('wasm');
    await new Promise<void>((resolve, reject) => {
      client
        .fit(long, () => client.cancel()) // in the midst of training
        .then(
          () => reject(new Error('it was not cancelled')),
          (error: unknown) => (error instanceof FitCancelled ? resolve() : reject(error as Error)),
        );
    });
    const from = performance.now();
    await client.fit(job('linear', 30));
    expect(performance.now() - from).toBeLessThan(10_000); // far less than the rest of the cancelled one: about a minute
    expect(children.length).toBe(1);
  });

  test.skipIf(!nativeIsBuilt)('on the native backend it says so, with the version of TensorFlow', async () => {
    const { client } = clientOf('native');
    const { trainer, backend } = await client.fit(job('ensemble', 60, { firstSteps: 20 }));
    expect(trainer).toBe('tensorflow');
    expect(backend).toEqual({ name: 'native', version: expect.stringMatching(/^2\.\d+\.\d+/) as string, reason: 'asked for' });
  });

  test('a learner that stepped back stays so for the fits of a strict loop, and makes room for a fresh one afterwards', async () => {
    const { client, children } = clientOf();
    await client.fit(job('linear', 30), undefined, true);
    await client.fit(job('linear', 30), undefined, true);
    expect(children.length).toBe(1);
    const first = client.pid!;
    // what `chrt` prints of a thread that any other thread goes before
    if (process.platform === 'linux') await waitFor(() => policyOf(first) === SCHED_IDLE);
    await client.fit(job('linear', 30));
    expect(children.length).toBe(2);
    await waitFor(() => !alive(first));
    if (process.platform === 'linux') expect(policyOf(client.pid!)).not.toBe(SCHED_IDLE);
  });

  test('when the process is killed the fit fails with one sentence that names the cause, and the next fit works', async () => {
    const { client, children } = clientOf('wasm');
    const fit = client.fit(long, () => process.kill(client.pid!, 'SIGKILL'));
    await expect(fit).rejects.toThrow('The learner process was killed (SIGKILL) during a fit. The next fit starts it anew.');
    await expect(client.fit(job('linear', 30))).resolves.toHaveProperty('saved');
    expect(children.length).toBe(2);
  });

  test('a fit that cannot be done is refused in its own words, and the process lives on', async () => {
    const { client, children } = clientOf();
    await expect(client.fit(job('crystalBall', 30))).rejects.toThrow(/no model "crystalBall".*gaussianProcess/);
    await expect(client.fit(job('gaussianProcess', 0))).rejects.toThrow(/at least one transition/);
    await expect(client.fit(job('gaussianProcess', 30, { points: 5000 }))).rejects.toThrow(/model\.points/);
    expect(children.length).toBe(1);
  });

  test('one fit at a time; after closing none', async () => {
    const { client } = clientOf();
    const first = client.fit(job('gaussianProcess', 60));
    await expect(client.fit(job('linear', 30))).rejects.toThrow(/under way already/);
    await first;
    const pid = client.pid!;
    expect(alive(pid)).toBe(true);
    await client.close();
    expect(alive(pid)).toBe(false);
    await expect(client.fit(job('linear', 30))).rejects.toThrow(/closed/);
  });
});

test('a death while the native library is in use is remembered, and the next process is told to avoid it', async () => {
  const told: (string | undefined)[] = [];
  let exit: (how: string) => void = () => {};
  let say: (message: FromLearner) => void = () => {};
  const client = new LearnerClient({
    spawnLearner: () => ({
      pid: 1,
      send(message) {
        const heard = message as ToLearner;
        if (heard.kind !== 'fit') return;
        told.push(heard.avoidNative);
        queueMicrotask(() => {
          say({ kind: 'loading', fit: heard.fit });
          if (told.length === 1) exit('ended with code 134');
          else say({ kind: 'failed', fit: heard.fit, cancelled: false, message: 'enough' });
        });
      },
      onMessage: (listener) => void (say = listener),
      onExit: (listener) => void (exit = listener),
      kill: () => {},
    }),
  });
  await expect(client.fit(job('ensemble', 30))).rejects.toThrow(/ended with code 134/);
  await expect(client.fit(job('ensemble', 30))).rejects.toThrow('enough');
  expect(told).toEqual([undefined, 'the learner process ended with code 134 while it was in use']);
});

test('fits that arrive while one runs wait for it, and progress is told sparingly', async () => {
  const said: FromLearner[] = [];
  let hear: (message: ToLearner) => void = () => {};
  let clock = 0;
  const over = new Promise<void>((resolve) => {
    serveLearner({
      send(message) {
        said.push(message);
        if (message.kind === 'done' && message.fit === 2) resolve();
      },
      onMessage: (listener) => (hear = listener),
      now: () => (clock += 1), // a millisecond passes whenever somebody looks
      breathe: () => Promise.resolve(),
      stepBack: () => {},
      leave: () => {},
    });
  });
  hear({ kind: 'fit', fit: 1, job: job('gaussianProcess', 40, { firstIterations: 200 }), wish: 'auto' });
  hear({ kind: 'fit', fit: 2, job: job('linear', 40), wish: 'auto' });
  await over;
  const firstOfSecond = said.findIndex((message) => message.fit === 2);
  expect(said.findIndex((message) => message.kind === 'done' && message.fit === 1)).toBeLessThan(firstOfSecond);
  const told = said.filter((message) => message.kind === 'progress' && message.fit === 1);
  expect(told.length).toBeGreaterThan(2);
  expect(told.length).toBeLessThan(20); // of 201 reports
});

/** Scheduling policy of a process's main thread, as proc(5) numbers it. */
const SCHED_IDLE = 5;
const policyOf = (pid: number) => Number(readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1].split(' ')[38]);
async function waitFor(claim: () => boolean): Promise<void> {
  const end = performance.now() + 10_000;
  while (!claim()) {
    if (performance.now() > end) throw new Error('waited 10 s in vain');
    await new Promise((done) => setTimeout(done, 10));
  }
}
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
