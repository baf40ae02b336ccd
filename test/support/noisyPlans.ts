import { randomStream, streamKey } from '../../src/shared/math/random';
import { Features } from '../../src/shared/models/features';
import { GaussianProcessModel } from '../../src/shared/models/gaussian/posterior';
import { PhysicsModel } from '../../src/shared/models/physics';
import type { Prior } from '../../src/shared/models/model';
import { cem, icem } from '../../src/shared/planners';
import { PlanSearch } from '../../src/shared/planners/planSearch';
import { kernelEngine } from '../../src/shared/rollouts/kernels/engine';
import { usualChoice, type KernelSource } from '../../src/shared/rollouts/kernels/source';
import type { RolloutSubject } from '../../src/shared/rollouts/rollouts';
import { settle, type SettingsOf, type SettingsSchema } from '../../src/shared/settings';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import { headerFor } from './modelHeader';
import { networkSubject } from './networkSubject';

const HORIZON = 30;
const PLANS = 3;
const PRIORS: readonly Prior[] = ['integrates', 'placeFree', 'mirror'];

/** Searches whose bits must not depend on the engine: a planner, and what it plans through. */
const searches: Readonly<Record<string, { readonly planner: 'cem' | 'icem'; subject(): RolloutSubject }>> = {
  'networks with noise': {
    planner: 'cem',
    subject: () => networkSubject({ widths: [64, 64], priors: PRIORS }, { members: 'eachStep', particles: 5, noise: true }),
  },
  'exactly odd networks, tanh, with noise': {
    planner: 'icem',
    subject: () =>
      networkSubject({ activation: 'tanh', symmetry: 'exactlyOdd', priors: PRIORS }, { members: 'toTheEnd', particles: 3, noise: true }),
  },
  'the equations of motion': { planner: 'icem', subject: equations },
  'a Gaussian process': { planner: 'cem', subject: process },
};

/**
 * For each search a hash of three plans and of every cost that they looked at, by the portable kernels, on this thread.
 * It runs in whatever engine calls it: Node of any version, or a page.
 *
 * @param touch  may change the costs of a population before the planner sees them
 */
export function hashesOfNoisyPlans(kernels: KernelSource, touch: Touch = () => {}): Record<string, string> {
  return Object.fromEntries(Object.entries(searches).map(([name, search]) => [name, hashOf(search, kernels, touch)]));
}
type Touch = (costs: Float64Array) => void;

function hashOf({ planner, subject: make }: (typeof searches)[string], kernels: KernelSource, touch: Touch): string {
  const subject = make();
  const rollouts = kernelEngine(kernels, usualChoice('portable')).create(subject);
  if (!rollouts.compiled) throw new Error(`No kernel was used: ${rollouts.label}`);
  const hash = new Hash();
  const { plant, instance, model } = subject;
  const { create, settings } = { cem, icem }[planner];
  const values = settle(settings, { population: 96, iterations: 3, noiseColour: 1 }, 'planner') as SettingsOf<SettingsSchema>;
  const search = new PlanSearch({
    plant,
    instance,
    horizon: HORIZON,
    seed: 5,
    evaluator: {
      draws: true,
      evaluate(job) {
        rollouts.evaluate({ ...job, from: 0, to: job.count });
        touch(job.costs);
        hash.add(job.costs.subarray(0, job.count));
      },
    },
    createPlanner: ({ imagination }) =>
      create({ horizon: HORIZON, limit: instance.actionLimit, period: model.period, seed: 5, imagination }, values as never),
  });
  search.setModel(model);
  const state = plant.hanging();
  state[state.length - 1] = 0.4;
  for (let id = 1; id <= PLANS; id++) {
    const { actions } = search.plan({ id, step: id, state, queue: Float64Array.of(0.5), wantsFan: false });
    hash.add(actions!);
    model.predict(state, actions!.subarray(0, 1), 1, -1);
  }
  return hash.text;
}

/** FNV-1a of 64 bits over the bytes of numbers. */
class Hash {
  private value = 0xcbf29ce484222325n;
  add(numbers: Float64Array): void {
    for (const byte of new Uint8Array(numbers.slice().buffer))
      this.value = BigInt.asUintN(64, (this.value ^ BigInt(byte)) * 0x100000001b3n);
  }
  get text(): string {
    return this.value.toString(16).padStart(16, '0');
  }
}

export function equations(): RolloutSubject {
  const resolved = resolveSetup(builtInSetups.light!);
  const { plant, instance, cost, settings } = resolved;
  return { plant, instance, cost, model: new PhysicsModel(plant, settings.plant, 2, headerFor(resolved, 'physics')) };
}

/** A Gaussian process whose points and weights were drawn, not fitted. */
export function process(): RolloutSubject {
  const resolved = resolveSetup(builtInSetups.light!);
  const { plant, instance, cost, period } = resolved;
  const features = new Features(plant, instance.actionLimit, period, PRIORS);
  const random = randomStream(streamKey(13, 0, 0, 0));
  const points = 40;
  const X = Float64Array.from({ length: points * features.inputs.length }, () => 2 * random.uniform() - 1);
  const hyper = features.outputs.map((_, o) => Float64Array.from([...features.inputs.map((_, d) => 0.2 + 0.1 * ((d + o) % 3)), 0.1, -2]));
  const weights = features.outputs.map(() => Float64Array.from({ length: points }, () => random.normal()));
  const scales = Float64Array.from(features.outputs, () => 3);
  const header = { ...headerFor(resolved, 'gaussianProcess'), priors: features.priors };
  return { plant, instance, cost, model: new GaussianProcessModel(header, features, X, points, hyper, weights, scales, points, 1e-6) };
}
