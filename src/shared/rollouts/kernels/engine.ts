import { GaussianProcessModel } from '../../models/gaussian/posterior';
import { LinearModel } from '../../models/linear';
import { EnsembleModel } from '../../models/network/ensembleModel';
import type { DynamicsModel } from '../../models/model';
import { PhysicsModel } from '../../models/physics';
import { reference } from '../reference';
import {
  meanOverParticles,
  meanThroughMembers,
  memberAt,
  noiseKey,
  particleOf,
  particlesIn,
  particlesOf,
  type Propagation,
  type RolloutEngine,
  type RolloutJob,
  type RolloutSubject,
  type Rollouts,
} from '../rollouts';
import { packGaussian } from './gaussian';
import { KernelDraws } from './draws';
import { packEquations } from './equations';
import * as at from './layout';
import { packLinear } from './linear';
import { KernelMemory } from './memory';
import { makeRoomForMembers, membersInKernel, packNetwork, setMember } from './network';
import { NotInKernel, writeProblem } from './problem';
import type { KernelChoice, KernelSource } from './source';

/** A model packed for its kernel. */
export interface Packed {
  readonly memory: KernelMemory;
  /** Candidates that are best handed out together, a multiple of 8. */
  readonly portion: number;
  readonly noisy: boolean;
  /** The model as this kernel evaluates it, made when it is first wanted. */
  model?(): DynamicsModel;
  /** Makes room for so many steps, before the first horizon that is as long. */
  lengthen?(steps: number): void;
  /** Made ready for a particle of a population, before its chunks are rolled. */
  prepare?(job: RolloutJob, particle: number): void;
}

/**
 * The compiled engine. Costs agree with the reference's to 32 bits; the portable arithmetic gives the same bits on every
 * engine. A subject that no kernel knows goes to the reference, and the label says why.
 */
export const kernelEngine = (source: KernelSource, choice: KernelChoice): RolloutEngine => ({
  label: choice.arithmetic === 'fused' ? 'Kernel, fused multiply-add' : 'Kernel, multiply and add',
  create(subject) {
    try {
      return createKernel(subject, source, choice, this.label);
    } catch (error) {
      if (!(error instanceof NotInKernel)) throw error;
      const plain = reference.create(subject);
      return { ...plain, label: `${plain.label}: ${error.message}` };
    }
  },
});

function pack(subject: RolloutSubject, source: KernelSource, choice: KernelChoice, propagation: Propagation): Packed {
  const { model } = subject;
  if (model instanceof EnsembleModel) return packedNetwork(subject, model, source, choice, propagation);
  if (model instanceof GaussianProcessModel) return packedGaussian(subject, model, source, choice);
  if (model instanceof PhysicsModel)
    return packedPlain(subject, source.module('equations', choice.arithmetic), (memory) => packEquations(memory, model));
  if (model instanceof LinearModel)
    return packedPlain(subject, source.module('linear', choice.arithmetic), (memory) => packLinear(memory, model));
  throw new NotInKernel(`no kernel takes a model of the kind ${(model as DynamicsModel).kind}.`);
}

function packedNetwork(
  subject: RolloutSubject,
  model: EnsembleModel,
  source: KernelSource,
  { arithmetic, block }: KernelChoice,
  propagation: Propagation,
): Packed {
  const memory = prepared(source.module(`network${block}`, arithmetic), subject);
  const noisy = propagation.noise && model.noisyOutputs > 0;
  const address = packNetwork(memory, model, block, noisy);
  memory.setInt(at.MODEL, address);
  return {
    memory,
    portion: at.LANES,
    noisy,
    model: () => model.compiledBy(membersInKernel(memory, model)),
    lengthen: (steps) => makeRoomForMembers(memory, address, steps),
    prepare({ horizon, stream = 0 }, particle) {
      for (let step = 0; step < horizon; step++)
        setMember(memory, address, step, memberAt(propagation, model.members, stream, particle, step));
    },
  };
}

function packedGaussian(
  subject: RolloutSubject,
  model: GaussianProcessModel,
  source: KernelSource,
  { arithmetic, allPoints }: KernelChoice,
): Packed {
  const memory = prepared(source.module('gaussian', arithmetic), subject);
  memory.setInt(at.MODEL, packGaussian(memory, subject, model, allPoints ? { shareOfNoise: 0 } : {}).address);
  return { memory, portion: at.LANES, noisy: false };
}

/** A model of one member without noise, whose steps are so cheap that many candidates go together. */
function packedPlain(subject: RolloutSubject, module: WebAssembly.Module, write: (memory: KernelMemory) => number): Packed {
  const memory = prepared(module, subject);
  memory.setInt(at.MODEL, write(memory));
  return { memory, portion: 8 * at.LANES, noisy: false };
}

/** A kernel of its own with everything written that is the same for all models. */
export function prepared(module: WebAssembly.Module, subject: RolloutSubject): KernelMemory {
  const memory = new KernelMemory(module);
  memory.call('prepare');
  writeProblem(memory, subject);
  return memory;
}

function createKernel(subject: RolloutSubject, source: KernelSource, choice: KernelChoice, label: string): Rollouts {
  const { plant, model, propagation = meanThroughMembers, cost } = subject;
  const packed = pack(subject, source, choice, propagation);
  const { memory } = packed;
  const n = plant.channels.length;
  const particles = particlesOf(propagation, model.members);
  const roll = memory.exports['roll'] as () => void;
  const draws = new KernelDraws(memory);
  // An angle is the same after whole turns, and small numbers keep more digits; a cost that counts turns forbids it.
  const onCircle = plant.channels.map(
    ({ id, wraps }) => wraps === true && !cost.terms.some(({ of }) => 'channel' in of && of.channel === id),
  );
  const keysOf = Float64Array.of(NaN);
  const noiseKeys = new Int32Array(particles);
  let room = 0;
  let actionRows = 0;
  let tipRows = 0;

  function makeRoom(horizon: number): void {
    if (horizon <= room) return;
    room = Math.max(horizon, 2 * room, 64); // what was there before is given up
    actionRows = memory.take(room * at.ROW);
    tipRows = memory.take((room + 1) * 2 * at.ROW);
    memory.setInt(at.ACTIONS, actionRows);
    packed.lengthen?.(room);
  }
  function begin(job: RolloutJob): void {
    makeRoom(job.horizon);
    memory.setInt(at.HORIZON, job.horizon);
    memory.setFloat(at.PREVIOUS_ACTION, job.previousAction);
    for (let c = 0; c < n; c++) memory.setFloat(at.START + 4 * c, onCircle[c] ? withoutTurns(job.state[c]) : job.state[c]);
    memory.setInt(at.TIPS, job.tips === undefined ? 0 : tipRows);
    if (job.drawing !== undefined) draws.set(job.drawing);
    if (packed.noisy && (job.stream ?? 0) !== keysOf[0]) keepNoiseKeys(job.stream ?? 0);
  }
  /** Made once for a population: a key that is made for each chunk is one number on the heap for each. */
  function keepNoiseKeys(stream: number): void {
    keysOf[0] = stream;
    for (let particle = 0; particle < particles; particle++) noiseKeys[particle] = noiseKey(stream, particle);
  }
  function writeActions({ actions, horizon, drawing }: RolloutJob, from: number, count: number): void {
    memory.setInt(at.FIRST_CANDIDATE, from);
    if (drawing !== undefined) draws.draw();
    const { floats } = memory;
    const rows = actionRows >> 2;
    for (let lane = 0; lane < at.LANES; lane++) {
      // lanes beyond the last candidate repeat it: numbers that are finite, and never looked at
      const candidate = from + (lane < count ? lane : count - 1);
      if (drawing !== undefined && candidate >= drawing.from && candidate < drawing.to) continue;
      let source_ = candidate * horizon;
      for (let to = rows + lane, end = to + horizon * at.LANES; to < end; to += at.LANES) floats[to] = actions[source_++];
    }
  }
  const prepareParticle = (job: RolloutJob, which: number) => packed.prepare?.(job, particleOf(job, which, propagation, particles));
  function rollParticle(job: RolloutJob, from: number, count: number, which: number, costs: Float64Array, to: number): void {
    const particle = particleOf(job, which, propagation, particles);
    memory.setInt(at.NOISE_KEY, packed.noisy ? noiseKeys[particle] : 0);
    roll();
    const { floats } = memory;
    for (let lane = 0; lane < count; lane++) costs[to + lane] = floats[(at.COST >> 2) + lane];
    if (job.tips !== undefined) copyTips(job, job.tips, from, count, which);
  }
  function copyTips(job: RolloutJob, tips: Float32Array, from: number, count: number, which: number): void {
    const { floats } = memory;
    const { horizon } = job;
    const used = particlesIn(job, propagation, particles);
    for (let lane = 0; lane < count; lane++) {
      if ((from + lane) % used !== which) continue;
      let out = (from + lane) * (horizon + 1) * 2;
      for (let row = (tipRows >> 2) + lane, step = 0; step <= horizon; step++, row += 2 * at.LANES) {
        tips[out++] = floats[row];
        tips[out++] = floats[row + at.LANES];
      }
    }
  }
  let ownModel: DynamicsModel | undefined;
  const ofParticles = Array.from({ length: particles }, () => new Float64Array(at.LANES));
  return {
    label: model instanceof EnsembleModel ? `${label}, ${choice.block} outputs at a time` : label,
    compiled: true,
    get model() {
      return (ownModel ??= packed.model?.() ?? model);
    },
    particles,
    particlesIn: (job) => particlesIn(job, propagation, particles),
    portion: packed.portion,
    evaluate(job) {
      begin(job);
      const used = particlesIn(job, propagation, particles);
      if (job.particle !== undefined) prepareParticle(job, job.particle);
      for (let from = job.from; from < job.to; from += at.LANES) {
        const count = Math.min(at.LANES, job.to - from);
        writeActions(job, from, count);
        if (job.particle !== undefined) {
          rollParticle(job, from, count, job.particle, job.costs, from);
          continue;
        }
        for (let which = 0; which < used; which++) {
          prepareParticle(job, which);
          rollParticle(job, from, count, which, ofParticles[which], 0);
        }
        meanOverParticles(ofParticles, used, count, job.costs, from);
      }
    },
  };
}

const TURN = 6.283185307179586;
/** The same angle in [−π, π]. */
const withoutTurns = (angle: number): number => angle - TURN * Math.floor(angle / TURN + 0.5);
