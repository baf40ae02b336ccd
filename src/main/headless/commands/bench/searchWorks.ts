import type { SavedModel } from '../../../../shared/models/model';
import { kernelContenders, type KernelContender } from './kernelChoices';
import { apart, farthest, ourSearch, trialActions, type OurContender } from './ourSearch';
import { costsCheck, PEER_COSTS_LIMIT, startPeers, type PeerWork } from './peers/contenders';
import { peerKinds } from './peers/kinds';
import { packed } from './peers/numbers';
import { plainEquationCosts } from './peers/plainEquations';
import { plainProcessCosts, type PlainProcess } from './peers/plainProcess';
import { chance, plainSearch } from './peers/plainSearch';
import { closeAll, inTurn, ratiosWithin, rowsOf, type Contender, type Measured } from './rounds';
import { HANGING, PERIOD, stepsOf, type SearchSize } from './sizes';
import { equations, randomProcess } from './subjects';
import { COSTS_LIMIT, parityOf, type BenchContext, type RatioSamples, type WorkResult } from './work';

/** A search through something else than networks: ours beside plain loops. */
interface SearchWork {
  readonly id: 'W3' | 'GP';
  readonly size: SearchSize;
  readonly model: SavedModel;
  readonly referenceNote: string;
  /** Costs in plain loops of actions in units of the limit. */
  plain(actions: Float64Array, costs: Float64Array): void;
  readonly kernels: readonly SearchKernel[];
  /** The same as it crosses to libraries of others, size and start aside. */
  readonly peers: PeerWork;
}
/** Kernels that search, through another model than the work's where they have one. */
interface SearchKernel extends KernelContender {
  readonly own?: Pick<SearchWork, 'model' | 'plain'>;
  /** Largest relative distance of costs from those of plain loops; COSTS_LIMIT when absent. */
  readonly limit?: number;
}
/** Noise of the transitions that are fitted: the fits then find about as much as those of the default rig do. */
const FIT_NOISE = 0.01;
/** Weights of a fit are large and cancel; through fewer points each step's mean may move by a share of the noise as well. */
const FIT_LIMIT = 1e-5;
const COMPRESSED_LIMIT = 1e-3;
const FITTED = 'kernel fused, a fit';
const COMPRESSED = 'kernel fused, its fewest points';

const W3_SIZE: SearchSize = { population: 1000, horizon: 50, iterations: 5, elites: 100 };
/** Through the cart-pole's equations: a step is four derivatives. */
export function benchEquations(context: BenchContext, size = W3_SIZE): Promise<WorkResult> {
  return benchSearch(
    {
      id: 'W3',
      size,
      model: equations(),
      referenceNote: 'our own plain TypeScript: the plant’s equations, elementary functions of our own',
      plain: (actions, costs) => plainEquationCosts(HANGING, PERIOD, actions, size.horizon, costs),
      kernels: kernelContenders(context.threads),
      peers: { work: 'equations', period: PERIOD },
    },
    context,
  );
}

const GP_SIZE: SearchSize = { population: 480, horizon: 24, iterations: 5, elites: 48 };
/** Through a Gaussian process of two accelerations, mirrored. */
export async function benchProcess(context: BenchContext, size = GP_SIZE, points = 200): Promise<WorkResult> {
  const model = await randomProcess(points, context.seed);
  const outputs = plainProcesses(model);
  const plainly =
    (processes: [PlainProcess, PlainProcess]): SearchWork['plain'] =>
    (actions, costs) =>
      plainProcessCosts(processes, HANGING, PERIOD, actions, size.horizon, costs);
  const fit = await randomProcess(points, context.seed, FIT_NOISE);
  return benchSearch(
    {
      id: 'GP',
      size,
      model,
      referenceNote: 'our own plain TypeScript: exponentials from a table',
      plain: plainly(outputs),
      kernels: processKernels(context.threads, { model: fit, plain: plainly(plainProcesses(fit)) }),
      peers: { work: 'process', period: PERIOD, outputs: outputs.map(crossing) },
    },
    context,
    ratiosOfProcess,
  );
}

async function benchSearch(
  { id, size, model, referenceNote, plain, kernels: wanted, peers }: SearchWork,
  context: BenchContext,
  more: (measured: readonly Measured[], threads: number) => RatioSamples[] = () => [],
): Promise<WorkResult> {
  const { threads, seed, world } = context;
  const search = { size, model, start: HANGING, seed };
  const kernels = wanted.map(({ own, limit, ...kernel }) => {
    const one = ourSearch({ ...kernel, ...search, ...(own && { model: own.model }) });
    return { ...one, ...(own && { plain: own.plain }), ...(limit !== undefined && { limit }) };
  });
  const known = kernels.filter(({ usesKernel }) => usesKernel);
  if (known.length === 0) world.warn({ code: 'kernelAbsent', text: `${id}: no kernel is installed; what is measured is the reference.` });
  await closeAll(kernels.filter(({ usesKernel }) => !usesKernel));
  const ours: (OurContender & Partial<Pick<SearchWork, 'plain'> & Pick<SearchKernel, 'limit'>>)[] = [
    ...known,
    ourSearch({ name: 'reference', note: referenceNote, threads, ...search }),
  ];
  const random = chance(seed);
  const peer: Contender = {
    name: 'plain TypeScript',
    note: 'float64 loops, Math.exp, Math.sin and Math.cos',
    threads: 1,
    once: () => void plainSearch(size, plain, random),
  };
  const actions = trialActions(size.population, size.horizon, chance(seed + 11));
  const truth = new Float64Array(size.population);
  plain(actions, truth);
  const truthOf = (own: SearchWork['plain']) => {
    const costs = new Float64Array(truth.length);
    own(actions, costs);
    return costs;
  };
  const first = ours[0]!;
  const alone = ours.find(({ name, threads: count }) => name === first.name && count !== first.threads);
  const parity = ours
    .filter((one) => one !== alone)
    .map((one) =>
      parityOf(
        `${id}: costs of ${one.name} against float64`,
        farthest(one.costs(actions), one.plain === undefined ? truth : truthOf(one.plain)),
        one.limit ?? COSTS_LIMIT,
      ),
    );
  if (alone !== undefined) parity.push(parityOf(`${id}: plans of one thread and of ${threads}`, apart(alone.plan(1), first.plan(1)), 0));
  const libraries = await startPeers(
    {
      id,
      kinds: peerKinds(threads)[id],
      work: { ...peers, size, start: packed(HANGING) },
      check: costsCheck(actions, truth),
      what: 'costs',
      limit: PEER_COSTS_LIMIT,
    },
    context,
  );
  parity.push(...libraries.parity);
  const measured = await inTurn(id, [...ours, peer, ...libraries.contenders], context);
  await closeAll([...ours, ...libraries.contenders]);
  const { rows, ratios } = rowsOf(id, measured, { steps: stepsOf(size) });
  return { rows, ratios: [...ratios, ...more(measured, threads)], parity };
}

/** All points, as plain loops go through them; and a fit through all of them and through the fewest that do, as planning goes. */
function processKernels(threads: number, own: SearchKernel['own']): SearchKernel[] {
  const all = kernelContenders(threads).map((kind) => ({ ...kind, kernels: { ...kind.kernels, allPoints: true } }));
  const [first] = kernelContenders(threads);
  return [
    ...all,
    { ...all[0]!, name: FITTED, own, limit: FIT_LIMIT, note: 'all points' },
    { ...first!, name: COMPRESSED, own, limit: COMPRESSED_LIMIT, note: 'as planning goes through it' },
  ];
}

/** What is held to floors beside the ratios to ours. */
function ratiosOfProcess(measured: readonly Measured[], threads: number): RatioSamples[] {
  const find = (name: string, count = threads) => measured.find(({ contender }) => contender.name === name && contender.threads === count);
  const plain = find('plain TypeScript', 1);
  const pairs = [
    ['plain TypeScript over one thread', plain, find('kernel fused', 1)],
    ['plain TypeScript over mul+add', plain, find('kernel mul+add')],
    ['all points over compressed', find(FITTED), find(COMPRESSED)],
  ] as const;
  return pairs.flatMap(([against, over, under]) =>
    over === undefined || under === undefined ? [] : [{ work: 'GP', against, threads, samples: ratiosWithin(over, under) }],
  );
}

const crossing = ({ points, weights, inverseSquares, signs, variance }: PlainProcess) => ({
  points: packed(points, [weights.length, signs.length]),
  weights: packed(weights),
  inverseSquares: packed(inverseSquares),
  signs: packed(signs),
  variance,
});

/** The parts of a saved Gaussian process of the cart-pole, unfolded. @throws Error when it is of another form */
function plainProcesses({ header, weights }: SavedModel): [PlainProcess, PlainProcess] {
  const {
    points: count,
    scales,
    hyperparameters,
  } = header.structure as {
    readonly points: number;
    readonly scales: readonly number[];
    readonly hyperparameters: readonly (readonly number[])[];
  };
  const inputs = 5;
  const block = new Float64Array(weights);
  const outputs = hyperparameters.map((hyper, o) => ({
    points: block.subarray(0, count * inputs),
    weights: block.slice(count * (inputs + o), count * (inputs + o + 1)).map((weight) => weight * scales[o]!),
    inverseSquares: Float64Array.from({ length: inputs }, (_, d) => Math.exp(-2 * hyper[d]!)),
    signs: Float64Array.of(-1, 1, -1, -1, -1),
    variance: Math.exp(2 * hyper[inputs]!),
  }));
  if (outputs.length !== 2) throw new Error(`A Gaussian process of 2 outputs was wanted; this one has ${outputs.length}.`);
  return [outputs[0]!, outputs[1]!];
}
