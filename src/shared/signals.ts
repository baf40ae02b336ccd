/** The description of one number that changes over time; its values are kept elsewhere, in columns of this order. */
export interface Channel {
  /** Column name, schema name and flag: `angle`, `rate`, `position`, `velocity`, `action`. */
  readonly id: string;
  readonly label: string;
  /** Short symbol for tight places: `θ`. */
  readonly symbol: string;
  /** SI. Angles are in rad; the renderer shows degrees. */
  readonly unit: string;
  /** Whether the value lives on the circle (period 2π). Unwrapped in the loop and in files all the same. */
  readonly wraps?: boolean;
}
/** A channel of a plant's state, with what a learner may be told about it: ranges, never masses or equations. */
export interface StateChannel extends Channel {
  /** A typical magnitude, the fixed scale of model inputs, plots and checks. Channel units. */
  readonly scale: number;
  /** No motion of such a rig exceeds it; imagined states are held within it. Infinity where there is none. Channel units. */
  readonly bound: number;
  /** Sign under the mirror that swaps left and right: −1 for a value that changes sign, 1 for one that does not. */
  readonly mirrorSign: -1 | 1;
}
