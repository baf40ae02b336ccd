import { compileCost } from '../tasks/cost';
import type { RolloutEngine, RolloutJob, RolloutSubject, Rollouts } from './rollouts';

/** Candidates that advance together: their states stay in the first-level cache. */
const CHUNK = 32;

/**
 * The plain TypeScript reference of batched rollouts. Every candidate goes through every member of the model to the
 * end of the horizon without added noise (one member per particle to the end, TS∞ of PETS); its cost is the mean over
 * members. A cost that is not finite becomes Infinity here, before anyone sorts: a diverged future is never an elite.
 */
export const reference: RolloutEngine = {
  label: 'Plain TypeScript',
  create: (subject) => createReference(subject),
};

function createReference({ plant, instance, model, cost }: RolloutSubject): Rollouts {
  const n = instance.size;
  const members = model.members;
  const compiled = compileCost(cost, plant, instance);
  const states = new Float64Array(CHUNK * n);
  const actions = new Float64Array(CHUNK);
  const before = new Float64Array(CHUNK);
  const sums = new Float64Array(CHUNK);

  function rollChunk(job: RolloutJob, from: number, count: number, member: number): void {
    const { horizon, tips } = job;
    for (let i = 0; i < count; i++) {
      states.set(job.state, i * n);
      actions[i] = job.previousAction;
    }
    if (tips !== undefined) recordTips(tips, job, from, count, 0, member);
    for (let step = 0; step < horizon; step++) {
      for (let i = 0; i < count; i++) {
        before[i] = actions[i]!;
        actions[i] = job.actions[(from + i) * horizon + step]!;
      }
      model.predict(states, actions, count, member);
      compiled.stage(states, actions, before, count, step === horizon - 1, sums);
      if (tips !== undefined) recordTips(tips, job, from, count, step + 1, member);
    }
  }
  const one = new Float64Array(n);
  function recordTips(tips: Float32Array, job: RolloutJob, from: number, count: number, step: number, member: number): void {
    for (let i = 0; i < count; i++) {
      if ((from + i) % members !== member) continue;
      for (let c = 0; c < n; c++) one[c] = states[i * n + c]!;
      instance.tip(one, 0, tips, ((from + i) * (job.horizon + 1) + step) * 2);
    }
  }
  return {
    evaluate(job) {
      for (let from = job.from; from < job.to; from += CHUNK) {
        const count = Math.min(CHUNK, job.to - from);
        for (let i = 0; i < count; i++) job.costs[from + i] = 0;
        for (let member = 0; member < members; member++) {
          sums.fill(0, 0, count);
          rollChunk(job, from, count, member);
          for (let i = 0; i < count; i++) job.costs[from + i]! += sums[i]! / members;
        }
        for (let i = 0; i < count; i++) {
          const sum = job.costs[from + i]!;
          if (!(sum - sum === 0)) job.costs[from + i] = Infinity;
        }
      }
    },
  };
}
