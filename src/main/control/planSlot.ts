import type { ExecutablePlan } from '../../shared/controllers/controller';

const HEADER = 4;
const LONGEST = 4096;

/** A plan with what it is imagined to cost. */
export interface SlotPlan extends ExecutablePlan {
  readonly cost: number;
}

/**
 * The newest finished plan in memory shared by planner and loop. One writer, one reader that never waits: a sequence
 * number is odd while the planner writes; the loop that meets it keeps the plan it has.
 */
export class PlanSlot {
  private readonly words: Int32Array;
  private readonly actions: Float64Array;
  private read = 0;
  private readonly cost: Float64Array;
  private newest: SlotPlan | undefined;

  constructor(readonly memory: SharedArrayBuffer = new SharedArrayBuffer(HEADER * 4 + 8 + LONGEST * 8)) {
    this.words = new Int32Array(memory, 0, HEADER);
    this.cost = new Float64Array(memory, HEADER * 4, 1);
    this.actions = new Float64Array(memory, HEADER * 4 + 8, LONGEST);
  }

  /** The planner's side. @throws RangeError when the plan is longer than the slot */
  write(plan: SlotPlan): void {
    const { words } = this;
    if (plan.actions.length > LONGEST) throw new RangeError(`A plan of ${plan.actions.length} steps does not fit the slot of ${LONGEST}.`);
    Atomics.add(words, 0, 1);
    words[1] = plan.id;
    words[2] = plan.actsFrom;
    words[3] = plan.actions.length;
    this.cost[0] = plan.cost;
    this.actions.set(plan.actions);
    Atomics.add(words, 0, 1);
  }

  /** The loop's side: the newest whole plan, or the one it had. */
  take(): SlotPlan | undefined {
    const { words } = this;
    const before = Atomics.load(words, 0);
    if (before === this.read || (before & 1) === 1) return this.newest;
    const plan = { id: words[1]!, actsFrom: words[2]!, actions: this.actions.slice(0, words[3]), cost: this.cost[0]! };
    if (Atomics.load(words, 0) !== before) return this.newest;
    this.read = before;
    this.newest = plan;
    return plan;
  }
}
