/**
 * Tells a search after each population whether to answer with the best so far: when the next population, which cannot be
 * broken off, would end beyond the budget. How long that takes is known from the last plan that came so far.
 */
export class PlanDeadline {
  /** Milliseconds of the first, second … population of a plan. */
  private readonly took: number[] = [];
  private populations = 0;
  private from = 0;
  private last = 0;
  private budget = Infinity;

  /** @param budget  milliseconds that the plan may take */
  begin(now: number, budget: number): void {
    this.populations = 0;
    this.from = this.last = now;
    this.budget = budget;
  }
  /** Asked once after each population. */
  isDue(now: number): boolean {
    const { took } = this;
    const ended = this.populations++;
    took[ended] = now - this.last;
    this.last = now;
    const next = took[this.populations] ?? took[ended]!;
    const due = now - this.from + next > this.budget;
    // a population that took long once is tried again before long
    if (due && this.populations < took.length) took[this.populations] = next * FORGETTING;
    return due;
  }
}
const FORGETTING = 0.9;
