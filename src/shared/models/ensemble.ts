import { log } from '../math/elementary';
import { boolean, choice, integer, real, vector } from '../settings';
import type { Transitions } from '../episodes/transitions';
import { checkData, Features, rootMeanSquare } from './features';
import { defineModel } from './model';
import { freshMoments, type Moments } from './network/adamW';
import type { Activation } from './network/activation';
import { EnsembleModel, type EnsembleShape, type Symmetry } from './network/ensembleModel';
import type { NetworkLoss } from './network/loss';
import { networkLayout } from './network/layout';
import { checkHeader, finiteNumber, finiteNumbers, headerOf, structureOf, weightsOf32 } from './saved';

/**
 * Several networks trained side by side on the same transitions; where they disagree, the data has not decided. Trained by
 * the trainer of the process (kernels or TensorFlow.js), evaluated in plain loops.
 */
export const ensemble = defineModel({
  label: 'Network ensemble',
  source: 'Chua et al. 2018 (PETS) for ensembles and the Gaussian likelihood; accelerations as outputs and exact oddness are ours.',
  settings: {
    members: integer({
      label: 'Members',
      meaning: 'Networks that are trained side by side; planning time grows with it.',
      unit: '',
      default: 3,
      min: 1,
      max: 10,
      step: 1,
      applies: 'nextEpisode',
    }),
    widths: vector({
      label: 'Widths',
      meaning: 'Units of each hidden layer, from the first to the last.',
      unit: '',
      default: [64, 64],
      minLength: 1,
      maxLength: 4,
      min: 4,
      max: 256,
      whole: true,
      applies: 'nextEpisode',
    }),
    activation: choice({
      label: 'Activation',
      meaning: 'What a hidden unit does with its sum.',
      choices: ['silu', 'tanh', 'relu'],
      choiceLabels: ['SiLU', 'tanh', 'ReLU'],
      default: 'silu',
      applies: 'nextEpisode',
    }),
    loss: choice({
      label: 'Loss',
      meaning: 'Squared error of the mean, or the likelihood of a Gaussian whose variance the network states too.',
      choices: ['squaredError', 'gaussianLikelihood'],
      choiceLabels: ['Squared error', 'Gaussian likelihood'],
      default: 'squaredError',
      applies: 'nextEpisode',
    }),
    symmetry: choice({
      label: 'Mirror',
      meaning:
        'Under the prior that left and right are alike: exactly odd at twice the planning time, shown mirrored samples in training only, or neither.',
      choices: ['exactlyOdd', 'augmentation', 'none'],
      choiceLabels: ['Exactly odd', 'Mirrored samples', 'None'],
      default: 'exactlyOdd',
      applies: 'nextEpisode',
    }),
    bootstrap: boolean({
      label: 'Bootstrap',
      meaning: 'Each member sees a random sample of the transitions, drawn with repetition.',
      default: false,
      applies: 'nextEpisode',
    }),
    firstSteps: integer({
      label: 'First steps',
      meaning: 'Training steps of the first fit.',
      unit: '',
      default: 1000,
      min: 1,
      max: 100_000,
      step: 100,
      applies: 'live',
    }),
    laterSteps: integer({
      label: 'Later steps',
      meaning: 'Training steps of every later fit, from the weights before.',
      unit: '',
      default: 300,
      min: 1,
      max: 100_000,
      step: 50,
      applies: 'live',
    }),
    firstRate: real({
      label: 'First learning rate',
      meaning: 'Step size of AdamW at the first fit, constant and then falling.',
      unit: '',
      default: 3e-3,
      min: 1e-6,
      max: 1,
      step: 1e-3,
      scale: 'log',
      applies: 'live',
      expert: true,
    }),
    laterRate: real({
      label: 'Later learning rate',
      meaning: 'Step size of AdamW at every later fit.',
      unit: '',
      default: 1.5e-3,
      min: 1e-6,
      max: 1,
      step: 1e-3,
      scale: 'log',
      applies: 'live',
      expert: true,
    }),
    constantShare: real({
      label: 'Constant part',
      meaning: 'Share of the steps at the full rate; after them it falls along a cosine.',
      unit: '',
      default: 0.5,
      min: 0,
      max: 0.99,
      step: 0.05,
      applies: 'live',
      expert: true,
    }),
    finalShare: real({
      label: 'Final rate',
      meaning: 'Share of the rate that is left at the last step.',
      unit: '',
      default: 0.02,
      min: 0,
      max: 1,
      step: 0.01,
      applies: 'live',
      expert: true,
    }),
    batch: integer({
      label: 'Batch',
      meaning: 'Transitions of each member in one training step.',
      unit: '',
      default: 64,
      min: 1,
      max: 1024,
      step: 16,
      applies: 'live',
      expert: true,
    }),
    leastBatch: integer({
      label: 'Least batch',
      meaning: 'The same while there are fewer transitions than that.',
      unit: '',
      default: 16,
      min: 1,
      max: 1024,
      step: 16,
      applies: 'live',
      expert: true,
    }),
    weightDecay: real({
      label: 'Weight decay',
      meaning: 'Pull of every weight to zero in each step, in units of the learning rate.',
      unit: '',
      default: 3e-3,
      min: 0,
      max: 1,
      step: 1e-3,
      applies: 'live',
      expert: true,
    }),
    gradientNorm: real({
      label: 'Gradient norm',
      meaning: 'Longest gradient of a member; longer ones are cut.',
      unit: '',
      default: 10,
      min: 1e-3,
      max: 1e6,
      step: 1,
      scale: 'log',
      applies: 'live',
      expert: true,
    }),
    weightScale: real({
      label: 'First weights',
      meaning: 'Standard deviation of the weights before training, over the root of their fan-in.',
      unit: '',
      default: 1.2,
      min: 0.01,
      max: 10,
      step: 0.1,
      applies: 'nextEpisode',
      expert: true,
    }),
    biasScale: real({
      label: 'First biases',
      meaning: 'Standard deviation of the hidden biases before training.',
      unit: '',
      default: 0.5,
      min: 0,
      max: 10,
      step: 0.1,
      applies: 'nextEpisode',
      expert: true,
    }),
    lastScale: real({
      label: 'First weights of the last layer',
      meaning: 'The same for the last layer; small, so that the first guess is that nothing accelerates.',
      unit: '',
      default: 0.3,
      min: 0,
      max: 10,
      step: 0.1,
      applies: 'nextEpisode',
      expert: true,
    }),
  },
  needsData: true,
  usesTensors: true,

  async fit(request) {
    const { plant, settings, data, seed } = request;
    checkData(data, plant, 'A network ensemble');
    const features = new Features(plant, request.instance.actionLimit, request.period, request.priors);
    const { X, Y, scales } = trainingData(features, data);
    const shape: EnsembleShape = {
      layout: networkLayout(
        settings.members,
        features.inputs.length,
        settings.widths,
        features.outputs.length * (settings.loss === 'squaredError' ? 1 : 2),
      ),
      activation: settings.activation,
      loss: settings.loss,
      symmetry: features.mirror ? settings.symmetry : 'none',
      scales,
    };
    // Loaded when first needed: processes with a deadline do not train.
    const { train, initialParameters } = await import('./network/train');
    const previous = warmStart(request.previous, features, shape);
    const parameters = previous ? rescaled(previous, shape, features.outputs.length) : initialParameters(shape.layout, seed, settings);
    const moments = previous
      ? { first: previous.moments.first.slice(), second: previous.moments.second.slice(), steps: previous.moments.steps }
      : freshMoments(shape.layout.size);
    const { heldOut } = request;
    const model = () => new EnsembleModel(header(), features, shape, parameters, moments);
    const header = () => ({
      ...headerOf('ensemble', request, data.count, features.priors),
      structure: {
        members: settings.members,
        widths: [...settings.widths],
        activation: shape.activation,
        loss: shape.loss,
        symmetry: shape.symmetry,
        scales: [...scales],
        actionLimit: request.instance.actionLimit,
        optimiserSteps: moments.steps,
      },
    });
    await train(
      {
        layout: shape.layout,
        activation: shape.activation,
        loss: shape.loss,
        X,
        Y,
        rows: data.count,
        ...(shape.symmetry === 'none'
          ? {}
          : { mirror: { inputs: features.inputs.map((i) => i.mirrorSign), outputs: features.outputs.map((o) => o.mirrorSign) } }),
        bootstrap: settings.bootstrap,
        steps: previous ? settings.laterSteps : settings.firstSteps,
        rate: previous ? settings.laterRate : settings.firstRate,
        constantShare: settings.constantShare,
        finalShare: settings.finalShare,
        batch: settings.batch,
        leastBatch: settings.leastBatch,
        weightDecay: settings.weightDecay,
        gradientNorm: settings.gradientNorm,
        seed,
        ...(request.onProgress && { onProgress: (progress) => request.onProgress?.(progress) }),
        ...(request.checkpoint && { checkpoint: () => request.checkpoint!() }),
        ...(heldOut && heldOut.count > 0 && { heldOut: () => heldOutError(model(), heldOut) }),
      },
      parameters,
      moments,
    );
    return model();
  },

  load(saved, plant) {
    checkHeader(saved, 'ensemble', plant);
    const structure = structureOf(saved.header);
    const features = new Features(plant, finiteNumber(structure['actionLimit'], 'actionLimit'), saved.header.period, saved.header.priors);
    const outputs = features.outputs.length;
    const members = wholeNumber(structure['members'], 'members');
    const widths = structure['widths'];
    if (!Array.isArray(widths) || widths.length < 1) throw new Error('This model is damaged: the widths of its layers are missing.');
    const loss = oneOf<NetworkLoss>(structure['loss'], ['squaredError', 'gaussianLikelihood'], 'loss');
    const sizes = widths.map((width: unknown) => wholeNumber(width, 'widths'));
    const layout = networkLayout(members, features.inputs.length, sizes, outputs * (loss === 'squaredError' ? 1 : 2));
    const shape: EnsembleShape = {
      layout,
      activation: oneOf<Activation>(structure['activation'], ['silu', 'tanh', 'relu'], 'activation'),
      loss,
      symmetry: oneOf<Symmetry>(structure['symmetry'], ['exactlyOdd', 'augmentation', 'none'], 'symmetry'),
      scales: Float64Array.from(finiteNumbers(structure['scales'], outputs, 'scales')),
      ...logVariancesOf(structure['logVariances']),
    };
    const block = weightsOf32(saved, 3 * layout.size);
    const moments: Moments = {
      first: block.slice(layout.size, 2 * layout.size),
      second: block.slice(2 * layout.size),
      steps: finiteNumber(structure['optimiserSteps'], 'optimiserSteps'),
    };
    return new EnsembleModel(saved.header, features, shape, block.slice(0, layout.size), moments);
  },
});

/** Inputs and normalised targets, [rows × inputs] and [rows × outputs]. */
function trainingData(features: Features, data: Transitions) {
  const targets = features.targets(data);
  const scales = Float64Array.from(targets, rootMeanSquare);
  const Y = new Float64Array(data.count * targets.length);
  targets.forEach((column, o) => column.forEach((value, row) => (Y[row * targets.length + o] = value / scales[o])));
  return { X: features.encodeAll(data), Y, scales };
}

/** The ensemble before, when it has the same networks and means the same by its inputs and outputs. */
function warmStart(previous: unknown, features: Features, shape: EnsembleShape): EnsembleModel | undefined {
  if (!(previous instanceof EnsembleModel)) return undefined;
  const same = (a: EnsembleShape) => JSON.stringify([a.layout, a.activation, a.loss]);
  return same(previous.shape) === same(shape) && previous.features.priors.join() === features.priors.join() ? previous : undefined;
}

/** Parameters that say the same in the new units of the outputs: when the targets' root mean square changes, the last layer is rescaled. */
function rescaled(previous: EnsembleModel, { layout, scales, loss }: EnsembleShape, outputs: number): Float32Array {
  const parameters = previous.parameters.slice();
  const last = layout.layers[layout.layers.length - 1];
  for (let o = 0; o < outputs; o++) {
    const factor = previous.shape.scales[o] / scales[o];
    for (let row = 0; row < layout.members * last.inputs; row++) parameters[last.weights + row * last.outputs + o] *= factor;
    for (let member = 0; member < layout.members; member++) {
      parameters[last.biases + member * last.outputs + o] *= factor;
      if (loss === 'gaussianLikelihood') parameters[last.biases + member * last.outputs + outputs + o] += 2 * log(factor);
    }
  }
  return parameters;
}

/** Root mean square of the outputs' error on held-out transitions, each over the scale of its targets. */
function heldOutError(model: EnsembleModel, heldOut: Transitions): number {
  const { features, shape } = model;
  const predicted = heldOut.states.slice(0, heldOut.count * heldOut.size);
  model.predict(predicted, heldOut.actions, heldOut.count, -1);
  const said = features.targets({ ...heldOut, nexts: predicted });
  const was = features.targets(heldOut);
  let squares = 0;
  was.forEach((column, o) => column.forEach((value, i) => (squares += ((said[o][i] - value) / shape.scales[o]) ** 2)));
  return Math.sqrt(squares / (heldOut.count * was.length));
}

function wholeNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 4096) return value;
  throw new Error(`This model is damaged: "${name}" must be a whole number; got ${String(value)}.`);
}
function oneOf<C extends string>(value: unknown, choices: readonly C[], name: string): C {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) throw new Error(`This model is damaged: "${name}" must be one of ${choices.join(', ')}; got ${String(value)}.`);
  return found;
}

/** Bounds of the log variances where a model has its own. */
function logVariancesOf(stated: unknown): Pick<EnsembleShape, 'logVariances'> {
  if (stated === undefined) return {};
  const [least, most] = finiteNumbers(stated, 2, 'logVariances');
  return { logVariances: [least, most] };
}
