import { cos, sin } from '../../math/elementary';
import type { Features } from '../../models/features';
import type { CostTerm } from '../../tasks/task';
import type { RolloutSubject } from '../rollouts';
import * as at from './layout';
import type { KernelMemory } from './memory';

/** The subject has something that no kernel knows; the plain reference takes it. The message is a sentence. */
export class NotInKernel extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'NotInKernel';
  }
}

/**
 * Writes what does not change from plan to plan and is the same for all models: channels, bounds, the cost, the tip.
 * @throws NotInKernel
 */
export function writeProblem(memory: KernelMemory, { plant, instance, cost, model }: RolloutSubject): void {
  const { channels } = plant;
  if (channels.length > 8) throw new NotInKernel(`A kernel takes 8 state channels at most; ${plant.label} has ${channels.length}.`);
  if (cost.terms.length > at.MOST_TERMS)
    throw new NotInKernel(`A kernel takes ${at.MOST_TERMS} terms of cost at most; there are ${cost.terms.length}.`);
  memory.setInt(at.CHANNELS, channels.length);
  memory.setFloat(at.PERIOD, model.period);
  channels.forEach(({ bound }, c) => memory.setFloat(at.BOUNDS + 4 * c, bound));
  const angles = channels.flatMap(({ wraps }, c) => (wraps === true ? [c] : []));
  memory.setInt(at.ANGLES, angles.length);
  angles.forEach((channel, k) => memory.setInt(at.ANGLE_CHANNELS + 4 * k, channel));
  const tip = tipOf({ plant, instance });
  memory.setFloat(at.TIP_LENGTH, tip.length);
  memory.setInt(at.TIP_ANGLE, tip.angle);
  memory.setInt(at.TIP_PLACE, tip.place);
  memory.setInt(at.TERMS, cost.terms.length);
  cost.terms.forEach((term, t) =>
    writeTerm(memory, at.TERM_TABLE + t * at.TERM_BYTES, term, cost.finalFactor, instance.actionLimit, plant.channels),
  );
}

/** Writes what a learned model reads and states. Mirror signs of outputs are 0 where nothing is mirrored. */
export function writeFeatures(memory: KernelMemory, features: Features, units: Float64Array): void {
  if (features.inputs.length > at.MOST_INPUTS || features.outputs.length > at.MOST_OUTPUTS)
    throw new NotInKernel(`A kernel takes ${at.MOST_INPUTS} inputs and ${at.MOST_OUTPUTS} outputs at most.`);
  memory.setInt(at.INPUTS, features.inputs.length);
  memory.setInt(at.OUTPUTS, features.outputs.length);
  features.inputs.forEach(({ channel, form, scale, mirrorSign }, i) => {
    const entry = at.INPUT_TABLE + i * at.INPUT_BYTES;
    const rows = form === 'value' ? at.STATE : form === 'cosine' ? at.COSINE : at.SINE;
    memory.setInt(entry, channel < 0 ? at.ACTION : rows + channel * at.ROW);
    memory.setFloat(entry + 8, form === 'value' ? 1 / scale : 1);
    memory.setFloat(entry + 12, mirrorSign);
  });
  features.outputs.forEach(({ channel, position, mirrorSign }, o) => {
    const entry = at.OUTPUT_TABLE + o * at.OUTPUT_BYTES;
    memory.setInt(entry, channel);
    memory.setInt(entry + 4, position);
    memory.setFloat(entry + 8, mirrorSign);
    memory.setFloat(entry + 12, units[o]);
  });
}

/** Largest float of 32 bits: a cap that is none. */
const NO_CAP = 3.4028234663852886e38;
const SHAPES = {
  square: at.SHAPE_SQUARE,
  oneMinusCosine: at.SHAPE_ONE_MINUS_COSINE,
  saturating: at.SHAPE_SATURATING,
  hinge: at.SHAPE_HINGE,
};

function writeTerm(
  memory: KernelMemory,
  entry: number,
  { of, target, shape, weight, width = 1, beyond = 0, linear = 0, cap = Infinity, label }: CostTerm,
  finalFactor: number,
  actionLimit: number,
  channels: RolloutSubject['plant']['channels'],
): void {
  const indexOf = (id: string) => {
    const index = channels.findIndex((channel) => channel.id === id);
    if (index < 0) throw new RangeError(`The cost term "${label}" looks at "${id}", which this plant does not have.`);
    return index;
  };
  let measure: number = at.MEASURE_ROW;
  let form: number = shape === 'square' ? at.FORM_SQUARE : at.FORM_OTHER;
  let row = at.ACTION;
  let cosine = 1;
  let sine = 0;
  let ofAction = false;
  if ('channel' in of) row = at.STATE + indexOf(of.channel) * at.ROW;
  else if ('angle' in of) {
    const channel = indexOf(of.angle);
    const isKept = shape === 'oneMinusCosine' && channels[channel].wraps === true;
    measure = at.MEASURE_ANGLE;
    form = isKept ? at.FORM_COSINE : at.FORM_OTHER;
    row = (isKept ? at.COSINE : at.STATE) + channel * at.ROW;
    cosine = cos(target);
    sine = sin(target);
  } else if (of.feature === 'tipDistance') {
    measure = at.MEASURE_TIP;
    form = at.FORM_OTHER;
  } else {
    ofAction = true;
    cosine = 1 / actionLimit;
    if (of.feature === 'actionChange') {
      measure = at.MEASURE_ACTION_CHANGE;
      form = at.FORM_OTHER;
    }
  }
  memory.setInt(entry + at.TERM_MEASURE, measure);
  memory.setInt(entry + at.TERM_FORM, form);
  memory.setInt(entry + at.TERM_ROW, row);
  memory.setInt(entry + at.TERM_SHAPE, SHAPES[shape]);
  memory.setFloat(entry + at.TERM_TARGET, target);
  memory.setFloat(entry + at.TERM_COSINE, cosine);
  memory.setFloat(entry + at.TERM_SINE, sine);
  memory.setFloat(entry + at.TERM_WEIGHT, weight);
  memory.setFloat(entry + at.TERM_FACTOR, ofAction ? 1 : finalFactor);
  memory.setFloat(entry + at.TERM_WIDTH, shape === 'saturating' ? (-0.5 * LOG2E) / (width * width) : beyond);
  memory.setFloat(entry + at.TERM_LINEAR, linear);
  memory.setFloat(entry + at.TERM_CAP, Math.min(cap, NO_CAP));
}
const LOG2E = 1.4426950408889634;

/**
 * The tip as a rod of one length that hangs on one angle, its hinge at rest or on a place. Found by asking the plant, and
 * held against it at a few states.
 */
function tipOf({ plant, instance }: Pick<RolloutSubject, 'plant' | 'instance'>): { length: number; angle: number; place: number } {
  const angle = plant.channels.findIndex(({ wraps }) => wraps === true);
  const place = plant.structure.placeFree[0] ?? -1;
  const tip = new Float64Array(2);
  const state = new Float64Array(instance.size);
  instance.tip(state, 0, tip, 0);
  const length = tip[1];
  for (let trial = 1; trial <= 4; trial++) {
    for (let c = 0; c < state.length; c++) state[c] = sin(trial * 1.7 + c * 2.3) * 2;
    instance.tip(state, 0, tip, 0);
    const x = (place < 0 ? 0 : state[place]) - length * sin(state[angle]);
    if (angle < 0 || Math.abs(tip[0] - x) + Math.abs(tip[1] - length * cos(state[angle])) > 1e-9)
      throw new NotInKernel(`${plant.label}: no kernel knows how its tip moves.`);
  }
  return { length, angle, place };
}
