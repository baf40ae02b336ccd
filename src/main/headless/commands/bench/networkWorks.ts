import type { SavedModel } from '../../../../shared/models/model';
import { TensorNetworks } from '../../../workers/tensorRollouts';
import { chooseTensorBackend, TensorBackendMissing } from '../../../workers/tensors';
import { tunedContenders } from './kernelChoices';
import { apart, farthest, ourSearch, trialActions, type OurContender } from './ourSearch';
import { peakContenders, sharesOfPeak, withoutPeak } from './peak';
import { costsCheck, PEER_COSTS_LIMIT, startPeers, type PeersAsked, type PeerWork } from './peers/contenders';
import { peerKinds, type PeerKind } from './peers/kinds';
import { packed } from './peers/numbers';
import { plainNetworkCosts, type PlainNetworks } from './peers/plainNetwork';
import { chance, plainSearch } from './peers/plainSearch';
import { closeAll, inTurn, rowsOf, type Contender, type Measured } from './rounds';
import { LOG_VARIANCES, START, stepsOf, type SearchSize } from './sizes';
import { matrixFlopOf, randomNetworks, subjectOf, type RandomNetworks } from './subjects';
import { median, rounded } from './timing';
import { COSTS_LIMIT, parityOf, type BenchContext, type Parity, type WorkResult } from './work';

/** A search through an ensemble of the cart-pole whose members state Gaussian noise. */
export interface NetworkWork {
  readonly id: string;
  readonly size: SearchSize;
  readonly members: number;
  readonly widths: readonly number[];
  readonly noise: boolean;
  /** Peers that take seconds for this work and tell nothing new. */
  readonly without?: readonly ('plain TypeScript' | 'reference')[];
}
const SIZE: SearchSize = { population: 400, horizon: 30, iterations: 5, elites: 40 };
export const W1: NetworkWork = { id: 'W1', size: SIZE, members: 5, widths: [64, 64], noise: true };
export const W1wide: NetworkWork = { ...W1, id: 'W1wide', widths: [200, 200, 200], without: ['plain TypeScript', 'reference'] };
export const W2: NetworkWork = { ...W1, id: 'W2', members: 1, noise: false };

/** The sine, cosine and exponential of the WebAssembly backend are less exact than ours. */
const TENSOR_COSTS_LIMIT = 1e-5;

export async function benchNetwork(work: NetworkWork, context: BenchContext): Promise<WorkResult> {
  const { id, size, members, widths } = work;
  const { threads, seed, world, thorough } = context;
  const networks = randomNetworks(members, widths, seed);
  const ours = ourContenders(work, networks.saved, context);
  const trial = trialOf(work, networks.plain, seed);
  const parity = networkParity(work, ours, trial);
  const peers = work.without?.includes('plain TypeScript') === true ? [] : [plainContender(work, networks.plain, seed)];
  const wasm = await tensorContender(work, networks.plain, 'wasm', seed);
  if (wasm === undefined) world.warn({ code: 'peerAbsent', text: 'tfjs-wasm: not installed.' });
  else {
    peers.push(wasm);
    parity.push(
      parityOf(`${id}: costs of tfjs-wasm against float64`, farthest(wasm.costs(trial.actions), trial.costs), TENSOR_COSTS_LIMIT),
    );
  }
  const kinds: Readonly<Record<string, readonly PeerKind[]>> = peerKinds(threads);
  const libraries = await startPeers(librariesOf(work, kinds[id] ?? [], networks, trial), context);
  parity.push(...libraries.parity);
  const all = await inTurn(id, [...ours, ...peers, ...libraries.contenders, ...peakContenders(context.peak, threads)], context);
  const measured = withoutPeak(all);
  const flop = stepsOf(size) * members * matrixFlopOf(widths);
  const units = {
    steps: stepsOf(size) * members,
    shareOfPeak: (one: Measured) => figureOf(sharesOfPeak(one, all, flop)),
  };
  const { rows, ratios } = rowsOf(id, measured, units);
  ratios.push({ work: id, against: 'peak', threads, samples: sharesOfPeak(measured[0]!, all, flop) });
  if (id === W1.id && thorough && !world.signal.aborted) {
    const slow = await tensorContender(work, networks.plain, 'cpu', seed);
    if (slow !== undefined) {
      const beside = rowsOf(id, await inTurn(`${id}, tfjs-cpu`, [ours[0]!, slow], { ...context, rounds: 1 }), units);
      rows.push(beside.rows[1]!);
      ratios.push(...beside.ratios);
      await slow.close?.();
    }
  }
  await closeAll([...ours, ...peers, ...libraries.contenders]);
  if (id !== W1.id || context.peers === undefined) return { rows, ratios, parity };
  const beside = await besideControl(work, networks, trial, context);
  return { rows: [...rows, ...beside.rows], ratios: [...ratios, ...beside.ratios], parity: [...parity, ...beside.parity] };
}

/** An iteration of a search, beside a library that weighs as many futures once. */
async function besideControl(work: NetworkWork, networks: RandomNetworks, trial: Trial, context: BenchContext): Promise<WorkResult> {
  const id = 'MPPI';
  const once = { ...work, id, size: { ...work.size, iterations: 1 } };
  const libraries = await startPeers(librariesOf(once, peerKinds(context.threads).MPPI, networks, trial), context);
  if (libraries.contenders.length === 0) return { rows: [], ratios: [], parity: libraries.parity };
  const [ours, ...rest] = ourContenders({ ...once, without: ['reference'] }, networks.saved, context);
  const measured = await inTurn(id, [ours!, ...libraries.contenders], context);
  await closeAll([ours!, ...rest, ...libraries.contenders]);
  return { ...rowsOf(id, measured, { steps: stepsOf(once.size) * work.members }), parity: libraries.parity };
}

function librariesOf(
  { id, size, noise }: NetworkWork,
  kinds: readonly PeerKind[],
  networks: RandomNetworks,
  { actions, costs }: Trial,
): PeersAsked {
  const work: PeerWork = {
    work: 'networks',
    size,
    noise,
    start: packed(START),
    logVariances: LOG_VARIANCES,
    layers: networks.layers.map(({ inputs, outputs, weights, biases }) => ({
      weights: packed(weights, [networks.members, inputs, outputs]),
      biases: packed(biases, [networks.members, 1, outputs]),
    })),
  };
  return { id, kinds, work, check: costsCheck(actions, costs), what: 'costs', limit: PEER_COSTS_LIMIT };
}

const figureOf = (samples: readonly number[]): number | null => (samples.length === 0 ? null : rounded(median(samples)));

function ourContenders(work: NetworkWork, model: SavedModel, { threads, seed, world }: BenchContext): OurContender[] {
  const { size, members, noise, without = [] } = work;
  const propagation = { members: 'toTheEnd', particles: members, noise } as const;
  const kernels = tunedContenders(threads, subjectOf(model, propagation), () => world.now());
  const reference = { name: 'reference, tiled', note: 'our own plain TypeScript, many rows at a time', threads };
  return [...kernels, ...(without.includes('reference') ? [] : [reference])].map((kind) =>
    ourSearch({ ...kind, size, model, start: START, seed, propagation }),
  );
}

function plainContender({ size, noise }: NetworkWork, networks: PlainNetworks, seed: number): Contender {
  const random = chance(seed);
  return {
    name: 'plain TypeScript',
    note: 'float64 loops, one row at a time',
    threads: 1,
    once: () =>
      void plainSearch(
        size,
        (actions, costs) => plainNetworkCosts(networks, START, actions, size.horizon, costs, noise ? random : undefined),
        random,
      ),
  };
}

/** Undefined where the backend does not load. */
async function tensorContender({ size, noise }: NetworkWork, networks: PlainNetworks, backend: 'wasm' | 'cpu', seed: number) {
  try {
    await chooseTensorBackend(backend);
  } catch (error) {
    if (error instanceof TensorBackendMissing) return undefined;
    throw error;
  }
  const tensors = new TensorNetworks(networks, LOG_VARIANCES);
  const random = chance(seed);
  return {
    name: `tfjs-${backend}`,
    note: 'a fused product for each member and layer',
    threads: 1,
    ...(backend === 'cpu' ? { mostRounds: 1 } : {}),
    once: (time: number) =>
      void plainSearch(
        size,
        (actions, costs) => tensors.costs(START, actions, size.horizon, costs, noise ? 1000 * time : undefined),
        random,
      ),
    costs(actions: Float64Array): Float64Array {
      const costs = new Float64Array(actions.length / size.horizon);
      tensors.costs(START, actions, size.horizon, costs);
      return costs;
    },
    close: () => tensors.dispose(),
  };
}

/** Random action sequences and what they cost in 64-bit loops, without noise. */
interface Trial {
  readonly actions: Float64Array;
  readonly costs: Float64Array;
}
function trialOf({ size: { population, horizon } }: NetworkWork, networks: PlainNetworks, seed: number): Trial {
  const actions = trialActions(population, horizon, chance(seed + 11));
  const costs = new Float64Array(population);
  plainNetworkCosts(networks, START, actions, horizon, costs);
  return { actions, costs };
}

/** Costs without noise against 64-bit loops; and plans with noise, which must not depend on the number of threads. */
function networkParity({ id }: NetworkWork, ours: readonly OurContender[], { actions, costs }: Trial): Parity[] {
  const first = ours[0]!;
  const alone = ours.find(({ name, threads }) => name === first.name && threads === 1 && first.threads > 1);
  return [
    ...ours
      .filter((one) => one !== alone)
      .map((one) => parityOf(`${id}: costs of ${one.name} against float64`, farthest(one.costs(actions), costs), COSTS_LIMIT)),
    ...(alone === undefined
      ? []
      : [parityOf(`${id}: plans of one thread and of ${first.threads}`, apart(alone.plan(1), first.plan(1)), 0)]),
  ];
}
