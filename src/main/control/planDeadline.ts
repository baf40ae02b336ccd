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
    const ms = now - this.last;
    const slower = Math.max(1, ms / (took[ended] ?? ms)); // somebody else computes: the next one will be as slow
    took[ended] = ms;
    this.last = now;
    const next = slower * (took[this.populations] ?? ms);
    const due = now - this.from + next > this.budget;
    // a population that took long once is tried again before long
    if (due && this.populations < took.length) took[this.populations]! *= FORGETTING;
    return due;
  }
}
const FORGETTING = 0.9;
