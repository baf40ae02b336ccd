/**
 * Steps that happened, in columns: row i went from `states` i under `actions` i to `nexts` i within one period.
 * The action is the one *applied* (delayed, clipped), not the one chosen.
 */
export interface Transitions {
  /** Number of state channels. */
  readonly size: number;
  readonly count: number;
  /** [count × size], plant units, angles unwrapped. */
  readonly states: Float64Array;
  /** [count] */
  readonly actions: Float64Array;
  /** [count × size] */
  readonly nexts: Float64Array;
}

/** A growing set of transitions: the learner's memory. Rows are in the order in which they happened. */
export class TransitionStore implements Transitions {
  count = 0;
  states: Float64Array;
  actions: Float64Array;
  nexts: Float64Array;

  constructor(
    readonly size: number,
    capacity = 256,
  ) {
    this.states = new Float64Array(capacity * size);
    this.actions = new Float64Array(capacity);
    this.nexts = new Float64Array(capacity * size);
  }

  add(state: Float64Array, action: number, next: Float64Array): void {
    if (this.count === this.actions.length) this.grow();
    this.states.set(state.subarray(0, this.size), this.count * this.size);
    this.actions[this.count] = action;
    this.nexts.set(next.subarray(0, this.size), this.count * this.size);
    this.count++;
  }

  /** The first `count` rows, copied; later rows do not change it. */
  head(count: number): Transitions {
    const n = Math.max(0, Math.min(count, this.count));
    return {
      size: this.size,
      count: n,
      states: this.states.slice(0, n * this.size),
      actions: this.actions.slice(0, n),
      nexts: this.nexts.slice(0, n * this.size),
    };
  }

  clear(): void {
    this.count = 0;
  }

  private grow(): void {
    const doubled = (old: Float64Array) => {
      const bigger = new Float64Array(old.length * 2);
      bigger.set(old);
      return bigger;
    };
    this.states = doubled(this.states);
    this.actions = doubled(this.actions);
    this.nexts = doubled(this.nexts);
  }
}
