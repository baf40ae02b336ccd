import { randomStream, streamKey, type Random } from '../math/random';
import type { Transitions } from '../episodes/transitions';
import type { Plant, PlantInstance } from '../plants/plant';
import { integer, real } from '../settings';
import { checkData, Features, rootMeanSquare } from './features';
import type { CompressedMean } from './gaussian/compress';
import { hyperPrior, type HyperPrior } from './gaussian/hyperparameters';
import { Likelihood } from './gaussian/likelihood';
import { GaussianProcessModel } from './gaussian/posterior';
import { climb } from './gaussian/search';
import { defineModel } from './model';
import { checkHeader, finiteNumber, finiteNumbers, headerOf, structureOf, weightsOf } from './saved';

/**
 * One exact Gaussian process for each output, odd under the mirror: the default for learning a swing-up from nothing.
 * Inputs at fixed scales, targets over their root mean square with no mean removed, so that far from its data the model
 * says that nothing accelerates. Planning uses the mean; the variance is for the screen.
 */
export const gaussianProcess = defineModel({
  label: 'Gaussian process',
  source:
    'Rasmussen & Williams 2006; Deisenroth & Rasmussen 2011 (PILCO) for the use; accelerations as targets and the mirrored kernel are ours.',
  settings: {
    points: integer({
      label: 'Points',
      meaning: 'Most transitions kept in the model: the newest third of so many and a random rest. Planning time grows with it.',
      unit: '',
      default: 200,
      min: 10,
      max: 300,
      step: 10,
      applies: 'live',
    }),
    searchPoints: integer({
      label: 'Points of the search',
      meaning: 'Most transitions, drawn at random, on which length scales and noise are searched.',
      unit: '',
      default: 150,
      min: 10,
      max: 300,
      step: 10,
      applies: 'live',
      expert: true,
    }),
    firstIterations: integer({
      label: 'First iterations',
      meaning: 'Steps of the search for length scales and noise at the first fit; 0 keeps the start values.',
      unit: '',
      default: 40,
      min: 0,
      max: 500,
      step: 5,
      applies: 'live',
      expert: true,
    }),
    laterIterations: integer({
      label: 'Later iterations',
      meaning: 'Steps of the search at every later fit, from where the one before ended.',
      unit: '',
      default: 12,
      min: 0,
      max: 500,
      step: 2,
      applies: 'live',
      expert: true,
    }),
    growth: real({
      label: 'Growth before a new search',
      meaning: 'The search is repeated when the data has grown by this fraction since the last one; always below 40 transitions.',
      unit: '',
      default: 0.15,
      min: 0,
      max: 10,
      step: 0.05,
      applies: 'live',
      expert: true,
    }),
    lengthScale: real({
      label: 'Length scale',
      meaning: 'Where the search for the length scales of angles and angular velocities starts, in units of the input.',
      unit: '',
      default: 1.5,
      min: 0.01,
      max: 100,
      step: 0.1,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
    }),
    placeLengthScale: real({
      label: 'Length scale of the place',
      meaning: 'The same for what belongs to a coordinate whose place does not matter: the cart’s velocity.',
      unit: '',
      default: 5,
      min: 0.01,
      max: 100,
      step: 0.1,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
    }),
    actionLengthScale: real({
      label: 'Length scale of the action',
      meaning: 'The same for the action, in units of its limit.',
      unit: '',
      default: 3,
      min: 0.01,
      max: 100,
      step: 0.1,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
    }),
    lengthScaleSpread: real({
      label: 'Freedom of length scales',
      meaning: 'Standard deviation of the logarithm of a length scale about its start.',
      unit: '',
      default: 0.7,
      min: 0.01,
      max: 5,
      step: 0.1,
      applies: 'nextEpisode',
      expert: true,
    }),
    signal: real({
      label: 'Signal',
      meaning: 'Where the search for the size of the function starts, over the root mean square of the targets.',
      unit: '',
      default: 2,
      min: 0.01,
      max: 100,
      step: 0.1,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
    }),
    noise: real({
      label: 'Noise',
      meaning: 'Where the search for the noise of the targets starts, over their root mean square.',
      unit: '',
      default: 0.05,
      min: 0.001,
      max: 10,
      step: 0.01,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
    }),
    amplitudeSpread: real({
      label: 'Freedom of signal and noise',
      meaning: 'Standard deviation of the logarithm of signal and noise about their start.',
      unit: '',
      default: 1,
      min: 0.01,
      max: 5,
      step: 0.1,
      applies: 'nextEpisode',
      expert: true,
    }),
    jitter: real({
      label: 'Jitter',
      meaning: 'Added to the diagonal so that equal transitions do no harm.',
      unit: '',
      default: 1e-6,
      min: 1e-10,
      max: 0.01,
      step: 1e-6,
      scale: 'log',
      applies: 'nextEpisode',
      expert: true,
    }),
  },
  needsData: true,
  usesTensors: false,

  async fit(request) {
    const { plant, settings, seed, data } = request;
    checkData(data, plant, 'A Gaussian process');
    const features = new Features(plant, request.instance.actionLimit, request.period, request.priors);
    const prior = hyperPrior(features.inputs, settings);
    const previous = warmStart(request.previous, features, prior);
    const kept = subset(data, settings.points, randomStream(streamKey(seed, 0x6770, data.count, 0)));
    const n = kept.count;
    const X = features.encodeAll(kept);
    const targets = features.targets(kept);
    const scales = Float64Array.from(targets, rootMeanSquare);
    targets.forEach((column, o) => column.forEach((value, i) => (column[i] = value / scales[o])));

    const searched = previous?.searchedRows ?? 0;
    const due = previous === undefined || n < 40 || data.count >= searched * (1 + settings.growth);
    const iterations = !due ? 0 : previous === undefined ? settings.firstIterations : settings.laterIterations;
    const picked = drawn(n, Math.min(n, settings.searchPoints), randomStream(streamKey(seed, 0x6770, data.count, 1)));
    const Xs = rowsOf(X, features.inputs.length, picked);
    const hyper: Float64Array[] = [];
    const weights: Float64Array[] = [];
    const fewest: CompressedMean[] = [];
    const total = iterations * targets.length;
    let loss = 0;
    for (let o = 0; o < targets.length; o++) {
      const from = previous?.hyper[o] ?? prior.start;
      const ys = rowsOf(targets[o], 1, picked);
      const likelihood = iterations > 0 ? likelihoodOf(features, o, Xs, picked.length, prior, settings.jitter) : undefined;
      let done = o * iterations;
      const report = () => {
        if (likelihood === undefined) return;
        request.onProgress?.({
          phase: 'fit',
          done: ++done,
          total,
          unit: 'iterations',
          loss: -likelihood.logLikelihood / picked.length,
          lossName,
        });
      };
      const found = likelihood === undefined ? from : await climb(likelihood, ys, from, prior, iterations, request.checkpoint, report);
      if (request.checkpoint !== undefined) await request.checkpoint();
      const solved = GaussianProcessModel.solve(features, o, X, n, [found, prior.start], targets[o], settings.jitter);
      hyper.push(solved.h);
      weights.push(solved.weights);
      fewest.push(GaussianProcessModel.compress(features, o, X, solved.h, solved.weights));
      loss -= solved.logLikelihood / (n * targets.length);
    }
    request.onProgress?.({ phase: 'fit', done: total, total, unit: 'iterations', loss, lossName });
    const searchedRows = due ? data.count : searched;
    const header = {
      ...headerOf('gaussianProcess', request, data.count, features.priors),
      structure: {
        points: n,
        inputs: features.inputs.map((input) => input.id),
        outputs: features.outputs.map((output) => output.id),
        actionLimit: request.instance.actionLimit,
        searchedRows,
        jitter: settings.jitter,
        scales: [...scales],
        hyperparameters: hyper.map((h) => [...h]),
        // left out by older programs: planning finds them anew
        fewest: fewest.map((mean) => ({ points: [...mean.points], weights: [...mean.weights], bound: mean.bound })),
      },
    };
    return new GaussianProcessModel(header, features, X, n, hyper, weights, scales, searchedRows, settings.jitter, fewest);
  },

  load(saved, plant, instance) {
    checkHeader(saved, 'gaussianProcess', plant);
    return loaded(saved, plant, instance);
  },
});

const lossName = 'negative log likelihood per transition';

function loaded(saved: Parameters<typeof checkHeader>[0], plant: Plant, instance: PlantInstance): GaussianProcessModel {
  const { header } = saved;
  const structure = structureOf(header);
  const n = finiteNumber(structure['points'], 'points');
  const features = new Features(
    plant,
    finiteNumber(structure['actionLimit'] ?? instance.actionLimit, 'actionLimit'),
    header.period,
    header.priors,
  );
  const D = features.inputs.length;
  const outputs = features.outputs.length;
  const lists = structure['hyperparameters'];
  if (!Array.isArray(lists) || lists.length !== outputs)
    throw new Error(`This model is damaged: hyperparameters of ${outputs} outputs were wanted.`);
  const hyper = lists.map((list: unknown) => Float64Array.from(finiteNumbers(list, D + 2, 'hyperparameters')));
  const scales = Float64Array.from(finiteNumbers(structure['scales'], outputs, 'scales'));
  const block = weightsOf(saved, n * (D + outputs));
  const weights = hyper.map((_, o) => block.slice(n * (D + o), n * (D + o + 1)));
  const searchedRows = finiteNumber(structure['searchedRows'], 'searchedRows');
  return new GaussianProcessModel(
    header,
    features,
    block.slice(0, n * D),
    n,
    hyper,
    weights,
    scales,
    searchedRows,
    finiteNumber(structure['jitter'], 'jitter'),
    fewestOf(structure['fewest'], outputs, n),
  );
}
/** Means on fewer points, where the program that saved the model knew of them. @throws Error when they are damaged */
function fewestOf(saved: unknown, outputs: number, n: number): readonly CompressedMean[] | undefined {
  if (saved === undefined) return undefined;
  if (!Array.isArray(saved) || saved.length !== outputs)
    throw new Error(`This model is damaged: the fewest points of ${outputs} outputs were wanted.`);
  return saved.map((mean: { readonly points?: unknown; readonly weights?: unknown; readonly bound?: unknown } | null) => {
    const count = Array.isArray(mean?.points) ? mean.points.length : 0;
    const points = finiteNumbers(mean?.points, count, 'fewest points');
    if (count > n || points.some((point) => !Number.isInteger(point) || point < 0 || point >= n))
      throw new Error(`This model is damaged: its fewest points are not among its ${n} points.`);
    const weights = Float64Array.from(finiteNumbers(mean?.weights, count, 'fewest weights'));
    return { points: Int32Array.from(points), weights, bound: finiteNumber(mean?.bound, 'fewest bound') };
  });
}

/** The model before, when it has the same inputs and outputs; another set of priors starts afresh. */
function warmStart(previous: unknown, features: Features, prior: HyperPrior): GaussianProcessModel | undefined {
  if (!(previous instanceof GaussianProcessModel)) return undefined;
  const same = previous.hyper.length === features.outputs.length && previous.hyper.every((h) => h.length === prior.start.length);
  return same && previous.features.priors.join() === features.priors.join() ? previous : undefined;
}

function likelihoodOf(features: Features, o: number, X: Float64Array, n: number, prior: HyperPrior, jitter: number): Likelihood {
  const signs = features.inputs.map((input) => input.mirrorSign);
  return new Likelihood(X, n, features.inputs.length, signs, features.mirror ? features.outputs[o].mirrorSign : 0, prior, jitter);
}

/** All transitions, or the newest third of `most` and a random rest, in the order in which they happened. */
function subset(data: Transitions, most: number, random: Random): Transitions {
  if (data.count <= most) return data;
  const newest = Math.floor(most / 3);
  const older = drawn(data.count - newest, most - newest, random);
  const rows = Int32Array.from([...older, ...Array.from({ length: newest }, (_, i) => data.count - newest + i)]);
  return {
    size: data.size,
    count: rows.length,
    states: rowsOf(data.states, data.size, rows),
    actions: rowsOf(data.actions, 1, rows),
    nexts: rowsOf(data.nexts, data.size, rows),
  };
}

/** `wanted` different indices below `count`, ascending. */
function drawn(count: number, wanted: number, random: Random): Int32Array {
  const all = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < wanted; i++) {
    const j = i + random.below(count - i);
    const kept = all[i];
    all[i] = all[j];
    all[j] = kept;
  }
  return all.slice(0, wanted).sort();
}

/** The rows with these indices of a matrix with `width` columns. */
function rowsOf(matrix: Float64Array, width: number, rows: Int32Array): Float64Array {
  const out = new Float64Array(rows.length * width);
  rows.forEach((row, i) => out.set(matrix.subarray(row * width, (row + 1) * width), i * width));
  return out;
}
