// onnxruntime-node as a peer of the bench: `onnxPeer.js FOLDER THREADS`, the folder having the package in its node_modules.
// It speaks one JSON line for each, as resources/peers/peer.py does.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { SearchSize } from '../sizes';
import { packed, unpacked, type PackedNumbers } from './numbers';
import { GRAPH_FORMS, onnxModel, type GraphForm, type GraphNetworks } from './onnxGraph';
import { chance, gaussianPairs, plainSearchLater } from './plainSearch';

/** What we use of the package; it is not among ours, so its types are not either. */
interface Tensor {
  readonly data: Float32Array;
}
interface Session {
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Readonly<Record<string, Tensor>>>;
}
interface Onnx {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => Tensor;
  readonly InferenceSession: { create(model: Uint8Array, options: Readonly<Record<string, unknown>>): Promise<Session> };
}
interface NetworksQuestion {
  readonly size: SearchSize;
  readonly start: PackedNumbers;
  readonly noise: boolean;
  readonly logVariances: readonly [number, number];
  readonly layers: readonly { readonly weights: PackedNumbers; readonly biases: PackedNumbers }[];
}
type Costs = (actions: Float32Array) => Promise<Float32Array>;
interface Work {
  readonly form: string;
  costs(actions: Float32Array): Promise<Float32Array>;
  once(time: number): Promise<void>;
}

const [folder = '.', threads = '1'] = process.argv.slice(2);
const say = (fields: Readonly<Record<string, unknown>>) => process.stdout.write(`${JSON.stringify(fields)}\n`);
const sentence = (error: unknown) => (error instanceof Error ? error.message : String(error));

try {
  const require = createRequire(join(folder, 'package.json'));
  const onnx = require('onnxruntime-node') as Onnx;
  const { version } = require('onnxruntime-node/package.json') as { readonly version: string };
  say({ version });
  await serve(onnx);
} catch (error) {
  say({ error: sentence(error) });
}

async function serve(onnx: Onnx): Promise<void> {
  let work: Work | undefined;
  for await (const line of createInterface({ input: process.stdin })) {
    const question = JSON.parse(line) as Readonly<Record<string, unknown>>;
    try {
      if (question.ask === 'prepare') {
        work = await prepare(onnx, question as unknown as NetworksQuestion);
        say({ form: work.form });
      } else if (question.ask === 'spent') {
        const { user, system } = process.cpuUsage();
        say({ milliseconds: (user + system) / 1000 });
      } else if (work === undefined) throw new Error('Nothing was prepared.');
      else if (question.ask === 'costs') {
        const { shape } = question.actions as PackedNumbers;
        const actions = unpacked(
          question.actions,
          shape.reduce((product, size) => product * size, 1),
        );
        say({ costs: packed(Float64Array.from(await work.costs(Float32Array.from(actions)))) });
      } else if (question.ask === 'once') {
        const began = performance.now();
        await work.once(question.time as number);
        say({ milliseconds: performance.now() - began });
      } else throw new Error(`It knows no ${String(question.ask)}.`);
    } catch (error) {
      say({ error: sentence(error) });
    }
  }
}

/** Makes each form of the graph, and keeps the one that plans fastest here. */
async function prepare(onnx: Onnx, { size, start, noise, logVariances, layers }: NetworksQuestion): Promise<Work> {
  const networks: GraphNetworks = {
    members: layers[0]!.weights.shape[0]!,
    logVariances,
    layers: layers.map(({ weights, biases }) => {
      const [members, inputs, outputs] = weights.shape as [number, number, number];
      return {
        inputs,
        outputs,
        weights: Float32Array.from(unpacked(weights, members * inputs * outputs)),
        biases: Float32Array.from(unpacked(biases, members * outputs)),
      };
    }),
  };
  const from = unpacked(start, 4);
  const normal = gaussianPairs(chance(1));
  const planThrough = (costs: Costs) =>
    plainSearchLater(size, async (actions, found) => found.set(await costs(Float32Array.from(actions))), normal);
  const timed: { readonly form: GraphForm; readonly ms: number; readonly costs: Costs }[] = [];
  for (const form of GRAPH_FORMS) {
    const costs = await costsThrough(onnx, form, networks, size, from, noise);
    await planThrough(costs);
    const began = performance.now();
    for (let i = 0; i < 3; i++) await planThrough(costs);
    timed.push({ form, ms: (performance.now() - began) / 3, costs });
  }
  timed.sort((a, b) => a.ms - b.ms);
  const [best, ...others] = timed as [(typeof timed)[number], ...typeof timed];
  const without = noise ? await costsThrough(onnx, best.form, networks, size, from, false) : best.costs;
  return {
    form: `${best.form} (${others.map(({ form, ms }) => `${form} ${ms.toFixed(0)} ms`).join(', ')})`,
    costs: without,
    once: async () => void (await planThrough(best.costs)),
  };
}

async function costsThrough(
  onnx: Onnx,
  form: GraphForm,
  networks: GraphNetworks,
  { population, horizon }: SearchSize,
  from: Float64Array,
  noise: boolean,
): Promise<Costs> {
  const session = await onnx.InferenceSession.create(onnxModel(form, networks, { population, horizon }, noise), {
    intraOpNumThreads: Number(threads),
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  });
  const { members } = networks;
  const tensor = (data: Float32Array, shape: readonly number[]) => new onnx.Tensor('float32', data, shape);
  const rows = form === 'whole rollout, member by member' ? [population] : [members, population];
  const first = tensor(
    Float32Array.from({ length: 4 * (rows.length === 1 ? population : members * population) }, (_, i) => from[i % 4]!),
    [...rows, 4],
  );
  if (form !== 'step by step')
    return async (actions) => (await session.run({ s: first, actions: tensor(actions, [population, horizon]) })).cost!.data;
  return async (actions) => {
    const costs = new Float32Array(population);
    let s = first;
    for (let t = 0; t < horizon; t++) {
      const u = Float32Array.from({ length: members * population }, (_, i) => actions[(i % population) * horizon + t]!);
      const { next, cost } = await session.run({ s, u: tensor(u, [...rows, 1]) });
      s = next!;
      cost!.data.forEach((value, i) => (costs[i % population]! += value / members));
    }
    return costs;
  };
}
