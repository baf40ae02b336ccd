import type { TimePlot } from '../../plots/timePlot';

/** The plots that stand in the stack now. */
export class PlotStack {
  /** Grows when a plot comes, which then has drawn nothing yet. */
  version = 0;
  private readonly plots = new Map<string, TimePlot>();

  /** @returns takes the plot out again */
  add(id: string, plot: TimePlot): () => void {
    this.plots.set(id, plot);
    this.version++;
    return () => {
      if (this.plots.get(id) === plot) this.plots.delete(id);
    };
  }
  get(id: string): TimePlot | undefined {
    return this.plots.get(id);
  }
  get all(): Iterable<TimePlot> {
    return this.plots.values();
  }
}
