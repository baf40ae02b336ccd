import type { LearnedSeed, LearnJob } from '../../../workers/learnSeed';
import { resolveSetup } from '../../../../shared/setups/resolve';

/** What a run of one seed puts into the document, but for the envelope's own fields. */
export function learnedFields(
  { setup }: LearnJob,
  learned: LearnedSeed,
  equationsOff: number | null,
  savedModel: string | null,
): Record<string, unknown> {
  const { backend, trainer } = learned;
  const { rig, period, settings } = resolveSetup(setup);
  return {
    succeeded: learned.succeeded,
    experienceSeconds: learned.experienceSeconds ?? null,
    backend: backend === undefined ? null : { name: backend.name, version: backend.version, reason: backend.reason },
    trainer: trainer ?? null,
    plant: setup.plant,
    setup: setup.name,
    task: setup.task,
    algorithm: setup.algorithm,
    model: setup.model,
    planner: setup.planner,
    estimator: setup.estimator,
    priors: setup.priors,
    periodSeconds: period,
    trainingSeconds: learned.trainingSeconds,
    planMs: percentiles(learned.planMs),
    fits: learned.fits,
    equationsOff,
    rates: rig.rates,
    delaySeconds: rig.delay,
    modelAgeSeconds: settings.learning.modelAge ?? null,
    episodes: learned.episodes.map(({ index, source, randomSeconds, seconds, cost, uprightFrom, ended }) => ({
      index,
      source,
      randomSeconds,
      seconds,
      cost,
      uprightFromSeconds: uprightFrom ?? null,
      endedBy: ended,
    })),
    savedModel,
    recordings: learned.recordings,
  };
}

/** The story of a seed in a line. */
export function learnedSentence(seed: number, { task }: { readonly task: string }, learned: LearnedSeed): string {
  const computing = `${learned.wallSeconds.toFixed(1)} s of computing, ${learned.episodes.length} ${learned.episodes.length === 1 ? 'episode' : 'episodes'}, ${learned.fits} fits`;
  const plans = percentiles(learned.planMs);
  const pace = plans === null ? '' : `; a plan took ${plans.p50} ms (99 %: ${plans.p99})`;
  return learned.succeeded
    ? `seed ${seed}: ${task} learned in ${learned.experienceSeconds} s of experience (${computing}${pace}).`
    : `seed ${seed}: ${task} not learned. ${learned.gaveUp} (${computing}${pace})`;
}

export function percentiles(values: readonly number[]): { p50: number; p99: number } | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]! * 100) / 100;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Null when half or more of the runs failed: then no median exists. */
export function medianExperience(runs: readonly LearnedSeed[]): number | null {
  const seconds = runs.map(({ experienceSeconds }) => experienceSeconds ?? Infinity).sort((a, b) => a - b);
  const upper = seconds[seconds.length >> 1] ?? Infinity;
  const lower = seconds[(seconds.length - 1) >> 1] ?? Infinity;
  const median = (lower + upper) / 2;
  return Number.isFinite(median) ? Math.round(median * 1e9) / 1e9 : null;
}
