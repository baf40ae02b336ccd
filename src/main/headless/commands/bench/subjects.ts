import { TransitionStore } from '../../../../shared/episodes/transitions';
import { randomStream, streamKey } from '../../../../shared/math/random';
import { runFit } from '../../../../shared/models/fitJob';
import type { Prior, SavedModel } from '../../../../shared/models/model';
import { ensemble } from '../../../../shared/models';
import { networkLayout } from '../../../../shared/models/network/layout';
import { cartPole } from '../../../../shared/plants';
import type { Propagation, RolloutSubject } from '../../../../shared/rollouts/rollouts';
import { settle, type SettingsOf, type SettingsSchema, type SettingValues } from '../../../../shared/settings';
import type { TaskCost } from '../../../../shared/tasks/task';
import type { PlainNetworks } from './peers/plainNetwork';
import { LIMIT, LOG_VARIANCES, PERIOD } from './sizes';

/** All settings of a cart-pole without friction; the pole's half length is 0.5 m. */
export const PLANT_SETTINGS: SettingValues = settle(
  cartPole.settings,
  { cartMass: 1, poleMass: 0.1, poleLength: 1, cartViscous: 0, jointViscous: 0, actionLimit: LIMIT },
  'plant',
);

/** 1 − cos θ + 0.05 x² + 0.005 ẋ² + 0.01 θ̇² + 0.001 u², the action u in units of its limit. */
export const COST: TaskCost = {
  terms: [
    { label: 'angle', of: { angle: 'angle' }, shape: 'oneMinusCosine', weight: 1, target: 0 },
    { label: 'position', of: { channel: 'position' }, shape: 'square', weight: 0.05, target: 0 },
    { label: 'velocity', of: { channel: 'velocity' }, shape: 'square', weight: 0.005, target: 0 },
    { label: 'rate', of: { channel: 'rate' }, shape: 'square', weight: 0.01, target: 0 },
    { label: 'action', of: { feature: 'action' }, shape: 'square', weight: 0.001, target: 0 },
  ],
  finalFactor: 1,
};

const INPUTS = 6;
const CHANGES = 4;

/** Networks whose weights nobody trained: time does not depend on them. */
export interface RandomNetworks {
  readonly members: number;
  readonly widths: readonly number[];
  readonly saved: SavedModel;
  readonly plain: PlainNetworks;
  /** All members of a layer together: weights [members × inputs × outputs], biases [members × outputs]. */
  readonly layers: readonly {
    readonly inputs: number;
    readonly outputs: number;
    readonly weights: Float32Array;
    readonly biases: Float32Array;
  }[];
}

/**
 * An ensemble of the cart-pole with seeded Gaussian weights × 1.4 / √inputs (last layer 0.05 / √inputs), as a model of
 * ours and as plain layers. It states the change of each channel over a period, and a log variance of about −7.
 */
export function randomNetworks(members: number, widths: readonly number[], seed: number): RandomNetworks {
  const layout = networkLayout(members, INPUTS, widths, 2 * CHANGES);
  const block = new Float32Array(3 * layout.size); // the moments of an optimiser follow, all of them 0
  const plain = Array.from({ length: members }, (_, member) => {
    const random = randomStream(streamKey(seed, 0x6e657473, member, 0));
    return layout.layers.map(({ inputs, outputs, weights: w, biases: b }, l) => {
      const isLast = l === layout.layers.length - 1;
      const weights = new Float64Array(inputs * outputs);
      const biases = new Float64Array(outputs);
      for (let k = 0; k < inputs; k++)
        for (let o = 0; o < outputs; o++) {
          const at = w + (member * inputs + k) * outputs + o;
          block[at] = ((isLast ? 0.05 : 1.4) / Math.sqrt(inputs)) * random.normal();
          weights[o * inputs + k] = block[at]!;
        }
      for (let o = 0; o < outputs; o++) {
        const at = b + member * outputs + o;
        block[at] = !isLast ? 0.1 * random.normal() : o < CHANGES ? 0 : -7;
        biases[o] = block[at]!;
      }
      return { inputs, outputs, weights, biases };
    });
  });
  const structure = {
    members,
    widths: [...widths],
    activation: 'silu',
    loss: 'gaussianLikelihood',
    symmetry: 'none',
    scales: new Array<number>(CHANGES).fill(1 / PERIOD),
    logVariances: LOG_VARIANCES,
    actionLimit: LIMIT,
    optimiserSteps: 0,
  };
  const layers = layout.layers.map(({ inputs, outputs, weights, biases }) => ({
    inputs,
    outputs,
    weights: block.subarray(weights, weights + members * inputs * outputs),
    biases: block.subarray(biases, biases + members * outputs),
  }));
  return { members, widths, plain, layers, saved: { header: header('ensemble', [], structure), weights: block.buffer } };
}

/** Floating-point operations of the matrix products of one step of one member: two for each weight. */
export const matrixFlopOf = (widths: readonly number[]): number => {
  const sizes = [INPUTS, ...widths, 2 * CHANGES];
  return sizes.slice(1).reduce((sum, outputs, l) => sum + 2 * sizes[l]! * outputs, 0);
};

/** The plant's own equations, one step of Runge-Kutta in a period. */
export const equations = (): SavedModel => ({
  header: header('physics', [], { plantValues: PLANT_SETTINGS, substeps: 1 }),
  weights: new ArrayBuffer(0),
});

const PRIORS: readonly Prior[] = ['integrates', 'placeFree', 'mirror'];

/**
 * A Gaussian process on so many transitions from all over the state space.
 * @param noise  standard deviation of what comes after a period, over each channel's scale: then the length scales are fitted,
 *               and planning needs fewer points. Without noise they stay what a fit begins with.
 */
export async function randomProcess(points: number, seed: number, noise = 0): Promise<SavedModel> {
  const instance = cartPole.create(PLANT_SETTINGS as SettingsOf<SettingsSchema>);
  const random = randomStream(streamKey(seed, 0x62656e, 0, 0));
  const store = new TransitionStore(instance.size);
  const derivative = new Float64Array(instance.size);
  for (let i = 0; i < points; i++) {
    const state = Float64Array.from(cartPole.channels, ({ scale }) => scale * (2 * random.uniform() - 1));
    const action = LIMIT * (2 * random.uniform() - 1);
    instance.derivative(state, action, derivative);
    store.add(
      state,
      action,
      state.map((value, c) => value + PERIOD * derivative[c]! + noise * cartPole.channels[c]!.scale * random.normal()),
    );
  }
  const fitted = await runFit({
    plant: 'cartPole',
    model: 'gaussianProcess',
    plantSettings: PLANT_SETTINGS,
    settings: { points: Math.max(10, points), ...(noise > 0 ? {} : { firstIterations: 0 }) },
    priors: PRIORS,
    period: PERIOD,
    seed,
    data: store.head(store.count),
  });
  return fitted.save();
}

/** Networks ready to be rolled out on this thread. */
export function subjectOf(saved: SavedModel, propagation: Propagation): RolloutSubject {
  const instance = cartPole.create(PLANT_SETTINGS as SettingsOf<SettingsSchema>);
  return { plant: cartPole, instance, model: ensemble.load(saved, cartPole, instance), cost: COST, propagation };
}

const header = (kind: string, priors: readonly Prior[], structure: unknown): SavedModel['header'] => ({
  format: 'upright model',
  version: 1,
  kind,
  plant: 'cartPole',
  channels: cartPole.channels.map(({ id }) => id),
  period: PERIOD,
  priors,
  settings: {},
  seed: 0,
  rows: 0,
  structure,
});
