import type { Drawing } from '../../shared/rollouts/drawing';
import type { RolloutJob, Rollouts } from '../../shared/rollouts/rollouts';

/** Longest state of any plant. */
const MOST_CHANNELS = 8;
/** Numbers before the arrays: the state, the action under way, the limit. */
const HEAD = MOST_CHANNELS + 2;

/**
 * Words of the control block. The leader of a pool writes a job, counts it, raises the generation and wakes its
 * evaluators; every thread takes items (a portion of the candidates through one particle) by atomic add until none is left,
 * then counts itself done. A generation without a new job means that something was posted.
 */
export const Word = {
  generation: 0,
  nextItem: 1,
  done: 2,
  count: 3,
  horizon: 4,
  wantsTips: 5,
  size: 6,
  failed: 7,
  stream: 8,
  job: 9,
  /** Candidates from … to − 1 are drawn by whoever rolls them out, in streams of this family. */
  drawFrom: 10,
  drawTo: 11,
  drawFamily: 12,
  /** Whether few particles do. */
  early: 13,
} as const;
const WORDS = 16;

export interface EvaluatorMemory {
  readonly control: SharedArrayBuffer;
  readonly numbers: SharedArrayBuffer;
  readonly tips: SharedArrayBuffer;
  readonly capacity: Capacity;
}
export interface Capacity {
  readonly count: number;
  readonly horizon: number;
  readonly particles: number;
}
export function allocateMemory(capacity: Capacity): EvaluatorMemory {
  const { count, horizon, particles } = capacity;
  return {
    control: new SharedArrayBuffer(WORDS * 4),
    numbers: new SharedArrayBuffer((HEAD + 2 * horizon + count * horizon + particles * count) * 8),
    tips: new SharedArrayBuffer(count * (horizon + 1) * 2 * 4),
    capacity,
  };
}
/** The same memory as arrays. */
export interface MemoryViews {
  readonly control: Int32Array;
  /** [8], of which the plant uses `size`. */
  readonly state: Float64Array;
  /** [1] */
  readonly previousAction: Float64Array;
  /** [1], the limit of candidates that are drawn. */
  readonly limit: Float64Array;
  /** [capacity] mean and spread around which candidates are drawn. */
  readonly mean: Float64Array;
  readonly spread: Float64Array;
  readonly actions: Float64Array;
  /** For each particle: [capacity]. */
  readonly costs: readonly Float64Array[];
  readonly tips: Float32Array;
}
export function viewsOf({ control, numbers, tips, capacity: { count, horizon, particles } }: EvaluatorMemory): MemoryViews {
  const from = (HEAD + 2 * horizon) * 8;
  return {
    control: new Int32Array(control),
    state: new Float64Array(numbers, 0, MOST_CHANNELS),
    previousAction: new Float64Array(numbers, MOST_CHANNELS * 8, 1),
    limit: new Float64Array(numbers, (MOST_CHANNELS + 1) * 8, 1),
    mean: new Float64Array(numbers, HEAD * 8, horizon),
    spread: new Float64Array(numbers, (HEAD + horizon) * 8, horizon),
    actions: new Float64Array(numbers, from, count * horizon),
    costs: Array.from({ length: particles }, (_, p) => new Float64Array(numbers, from + (count * horizon + p * count) * 8, count)),
    tips: new Float32Array(tips),
  };
}

type Changeable<T> = { -readonly [K in keyof T]: T[K] };
/** What a thread takes items with: jobs and drawings of its own, filled anew for each population, so that nothing is left to collect. */
export interface ItemDesk {
  views: MemoryViews;
  readonly job: Changeable<RolloutJob>;
  readonly drawing: Changeable<Drawing>;
}
const NOTHING = new Float64Array(0);
export const deskFor = (views: MemoryViews): ItemDesk => ({
  views,
  job: {
    state: NOTHING,
    previousAction: 0,
    actions: NOTHING,
    drawing: undefined,
    early: false,
    horizon: 0,
    stream: 0,
    tips: undefined,
    from: 0,
    to: 0,
    particle: 0,
    costs: NOTHING,
  },
  drawing: { bank: NOTHING, mean: NOTHING, spread: NOTHING, limit: 0, family: 0, from: 0, to: 0 },
});

/**
 * Takes items of the job in the desk's memory until none is left. Every thread of the pool runs this same loop.
 * @param bank  noise of the candidates that are drawn, where there are such
 */
export function takeItems(desk: ItemDesk, rollouts: Rollouts, bank: Float64Array | undefined): void {
  const { views, job } = desk;
  const { control, costs } = views;
  const count = control[Word.count]!;
  const { portion } = rollouts;
  job.early = control[Word.early] === 1;
  const particles = rollouts.particlesIn(job);
  job.drawing = control[Word.drawTo] === 0 ? undefined : drawingAt(desk, bank);
  job.state = beginOf(views.state, job.state, control[Word.size]!);
  job.previousAction = views.previousAction[0]!;
  job.actions = views.actions;
  job.horizon = control[Word.horizon]!;
  job.stream = control[Word.stream]!;
  job.tips = control[Word.wantsTips] === 1 ? views.tips : undefined;
  const items = Math.ceil(count / portion) * particles;
  for (;;) {
    const item = Atomics.add(control, Word.nextItem, 1);
    if (item >= items) return;
    const particle = item % particles;
    job.particle = particle;
    job.from = ((item - particle) / particles) * portion;
    job.to = Math.min(count, job.from + portion);
    job.costs = costs[particle]!;
    rollouts.evaluate(job);
  }
}

function drawingAt({ views: { control, mean, spread, limit }, drawing }: ItemDesk, bank: Float64Array | undefined): Drawing {
  if (bank === undefined) throw new Error('Candidates are to be drawn, but no noise bank came.');
  const horizon = control[Word.horizon]!;
  drawing.bank = bank;
  drawing.mean = beginOf(mean, drawing.mean, horizon);
  drawing.spread = beginOf(spread, drawing.spread, horizon);
  drawing.limit = limit[0]!;
  drawing.family = control[Word.drawFamily]!;
  drawing.from = control[Word.drawFrom]!;
  drawing.to = control[Word.drawTo]!;
  return drawing;
}
/** The first numbers of `all` as an array; the last one that was asked for where it is the same. */
const beginOf = (all: Float64Array, last: Float64Array, length: number): Float64Array =>
  last.buffer === all.buffer && last.length === length ? last : all.subarray(0, length);
