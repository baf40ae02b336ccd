import { cos, log, sin } from '../math/elementary';
import { mix, word } from '../math/random';
import { compileCost } from '../tasks/cost';
import { drawCandidates } from './drawing';
import {
  meanOverParticles,
  meanThroughMembers,
  memberAt,
  noiseKey,
  particleOf,
  particlesIn,
  particlesOf,
  type RolloutEngine,
  type RolloutJob,
  type RolloutSubject,
  type Rollouts,
} from './rollouts';

/** Candidates that advance together: their states stay in the first-level cache. */
const CHUNK = 32;

/**
 * The plain TypeScript reference of batched rollouts, in 64 bits: the truth that every faster engine is held to, and what
 * works everywhere.
 */
export const reference: RolloutEngine = {
  label: 'Plain TypeScript',
  create: (subject) => createReference(subject),
};

function createReference({ plant, instance, model, cost, propagation = meanThroughMembers }: RolloutSubject): Rollouts {
  const n = instance.size;
  const particles = particlesOf(propagation, model.members);
  const compiled = compileCost(cost, plant, instance);
  const states = new Float64Array(CHUNK * n);
  const actions = new Float64Array(CHUNK);
  const before = new Float64Array(CHUNK);
  const sums = new Float64Array(CHUNK);
  const ofParticles = Array.from({ length: particles }, () => new Float64Array(CHUNK));
  const outputs = model.noisyOutputs ?? 0;
  const noisy = propagation.noise && outputs > 0;
  const normals = new Float64Array(CHUNK * outputs);

  function rollChunk(job: RolloutJob, from: number, count: number, which: number): void {
    const { horizon, tips, stream = 0 } = job;
    const particle = particleOf(job, which, propagation, particles);
    for (let i = 0; i < count; i++) {
      states.set(job.state, i * n);
      actions[i] = job.previousAction;
    }
    if (tips !== undefined) recordTips(tips, job, from, count, 0, which);
    for (let step = 0; step < horizon; step++) {
      for (let i = 0; i < count; i++) {
        before[i] = actions[i]!;
        actions[i] = job.actions[(from + i) * horizon + step]!;
      }
      const member = memberAt(propagation, model.members, stream, particle, step);
      if (noisy) {
        drawNormals(noiseKey(stream, particle), from, count, step, outputs, normals);
        model.sample!(states, actions, count, member, normals);
      } else model.predict(states, actions, count, member);
      compiled.stage(states, actions, before, count, step === horizon - 1, sums);
      if (tips !== undefined) recordTips(tips, job, from, count, step + 1, which);
    }
  }
  const one = new Float64Array(n);
  function recordTips(tips: Float32Array, job: RolloutJob, from: number, count: number, step: number, which: number): void {
    const used = particlesIn(job, propagation, particles);
    for (let i = 0; i < count; i++) {
      if ((from + i) % used !== which) continue;
      for (let c = 0; c < n; c++) one[c] = states[i * n + c]!;
      instance.tip(one, 0, tips, ((from + i) * (job.horizon + 1) + step) * 2);
    }
  }
  function rollParticle(job: RolloutJob, from: number, count: number, which: number): void {
    sums.fill(0, 0, count);
    rollChunk(job, from, count, which);
  }
  let drawn = new Float64Array(0);
  /** The job with the candidates that are to be drawn, in rows of its own: several threads may share those of the job. */
  function withDrawn(job: RolloutJob): RolloutJob {
    const { drawing, horizon, from, to } = job;
    if (drawing === undefined) return job;
    if (drawn.length < to * horizon) drawn = new Float64Array(to * horizon);
    drawn.set(job.actions.subarray(from * horizon, to * horizon), from * horizon);
    drawCandidates(drawing, from, to, drawn);
    return { ...job, actions: drawn };
  }
  return {
    label: reference.label,
    compiled: false,
    model,
    particles,
    particlesIn: (job) => particlesIn(job, propagation, particles),
    portion: CHUNK,
    evaluate(asked) {
      const job = withDrawn(asked);
      for (let from = job.from; from < job.to; from += CHUNK) {
        const count = Math.min(CHUNK, job.to - from);
        if (job.particle !== undefined) {
          rollParticle(job, from, count, job.particle);
          job.costs.set(sums.subarray(0, count), from);
          continue;
        }
        const used = particlesIn(job, propagation, particles);
        for (let which = 0; which < used; which++) {
          rollParticle(job, from, count, which);
          ofParticles[which]!.set(sums);
        }
        meanOverParticles(ofParticles, used, count, job.costs, from);
      }
    },
  };
}

/**
 * Standard normals for a step, [count × outputs]: two outputs share two uniforms of the stream of their candidate. The
 * kernels make the same integers; their normals agree to 32 bits.
 */
function drawNormals(key: number, from: number, count: number, step: number, outputs: number, normals: Float64Array): void {
  const pairs = (outputs + 1) >> 1;
  for (let i = 0; i < count; i++) {
    const own = mix((key + Math.imul(from + i, 0x85ebca77)) | 0);
    for (let pair = 0; pair < pairs; pair++) {
      const index = 2 * (step * pairs + pair);
      const radius = Math.sqrt(-2 * log(fine(word(own, index))));
      const turn = 6.283185307179586 * fine(word(own, index + 1));
      normals[i * outputs + 2 * pair] = radius * cos(turn);
      if (2 * pair + 1 < outputs) normals[i * outputs + 2 * pair + 1] = radius * sin(turn);
    }
  }
}
/** Uniform in (0, 1) from the upper 23 bits: exact in 32-bit floats too. */
const fine = (bits: number): number => ((bits >>> 9) + 0.5) * 1.1920928955078125e-7;
