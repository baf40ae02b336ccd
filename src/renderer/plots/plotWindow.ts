import type { PlanFrame } from '../../shared/episodes/planFrame';

/** What the plots of the stack show: the window, in seconds around their common now line. */
export interface PlotWindow {
  /** Axis value of the history at the now line. */
  readonly now: number;
  readonly past: number;
  readonly ahead: number;
  readonly plan: PlanFrame | undefined;
  /** Axis value at which the plan begins. */
  readonly planAt: number;
  /** Where the cart should stand, SI; undefined without such a target. */
  readonly target: number | undefined;
}
/** Same gutter for every plot, so that times line up. */
export const GUTTER = 52;
export const RIGHT_MARGIN = 14;
