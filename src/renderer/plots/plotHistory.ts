/** What plots read of the past: rows counted from the oldest. The renderer's ring and a recorded episode both look like this. */
export interface PlotHistory {
  /** Grows with every change. */
  readonly version: number;
  readonly count: number;
  x(row: number): number;
  episode(row: number): number;
  /** Seconds of its episode. */
  time(row: number): number;
  state(row: number, channel: number): number;
  command(row: number): number;
  cost(row: number, term: number): number;
  totalCost(row: number): number;
  /** Sum of the stage costs of the episode up to this row; only where a whole episode is known. */
  costSoFar?(row: number): number;
  planMs(row: number): number;
  lateness(row: number): number;
  breaksBefore(row: number): boolean;
  firstAtOrAfter(x: number): number;
  /** The row nearest to x; −1 when there is none near. */
  nearest(x: number): number;
  marksBetween(from: number, to: number): readonly { readonly x: number; readonly label: string; readonly kind: string }[];
}
