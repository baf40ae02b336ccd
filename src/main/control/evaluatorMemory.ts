/**
 * The memory that the leader of a planner pool shares with its evaluators. The leader writes a job, raises the
 * generation and wakes them; every thread takes chunks by atomic add until none is left, then counts itself done.
 */
export const CHUNK = 32;
/** Longest state of any plant. */
const MOST_CHANNELS = 8;

/** Words of the control block. */
export const Word = { generation: 0, nextChunk: 1, done: 2, count: 3, horizon: 4, wantsTips: 5, size: 6, failed: 7 } as const;
const WORDS = 16;

export interface EvaluatorMemory {
  readonly control: SharedArrayBuffer;
  readonly numbers: SharedArrayBuffer;
  readonly tips: SharedArrayBuffer;
  readonly capacity: { readonly count: number; readonly horizon: number };
}
export function allocateMemory(count: number, horizon: number): EvaluatorMemory {
  return {
    control: new SharedArrayBuffer(WORDS * 4),
    numbers: new SharedArrayBuffer((MOST_CHANNELS + 1 + count * horizon + count) * 8),
    tips: new SharedArrayBuffer(count * (horizon + 1) * 2 * 4),
    capacity: { count, horizon },
  };
}
/** The same memory as arrays. */
export interface MemoryViews {
  readonly control: Int32Array;
  /** [8], of which the plant uses `size`. */
  readonly state: Float64Array;
  /** [1] */
  readonly previousAction: Float64Array;
  readonly actions: Float64Array;
  readonly costs: Float64Array;
  readonly tips: Float32Array;
}
export function viewsOf({ control, numbers, tips, capacity: { count, horizon } }: EvaluatorMemory): MemoryViews {
  const from = (MOST_CHANNELS + 1) * 8;
  return {
    control: new Int32Array(control),
    state: new Float64Array(numbers, 0, MOST_CHANNELS),
    previousAction: new Float64Array(numbers, MOST_CHANNELS * 8, 1),
    actions: new Float64Array(numbers, from, count * horizon),
    costs: new Float64Array(numbers, from + count * horizon * 8, count),
    tips: new Float32Array(tips),
  };
}

/** Takes chunks of the job in `views` until none is left. Every thread of the pool runs this same loop. */
export function takeChunks(views: MemoryViews, rollouts: import('../../shared/rollouts/rollouts').Rollouts): void {
  const { control } = views;
  const count = control[Word.count]!;
  const horizon = control[Word.horizon]!;
  const job = {
    state: views.state.subarray(0, control[Word.size]!),
    previousAction: views.previousAction[0]!,
    actions: views.actions,
    horizon,
    costs: views.costs,
    ...(control[Word.wantsTips] === 1 ? { tips: views.tips } : {}),
  };
  for (;;) {
    const from = Atomics.add(control, Word.nextChunk, 1) * CHUNK;
    if (from >= count) return;
    rollouts.evaluate({ ...job, from, to: Math.min(count, from + CHUNK) });
  }
}
