import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { PlotHistory } from './plotHistory';

/**
 * What the plots of the stack show, in one of two ways of looking. Live: a window in seconds around their common now line, past
 * left and plan right of it. A whole run, when there is a `span`: seconds of the episode, with what really happened on both sides
 * of the cursor and the plan over it.
 */
export interface PlotWindow {
  /** Axis value of the history at the now line; of a whole run, at the cursor. */
  readonly now: number;
  /** Seconds left and right of the now line. A whole run has its span instead. */
  readonly past: number;
  readonly ahead: number;
  readonly plan: PlanFrame | undefined;
  /** Axis value at which the plan begins. */
  readonly planAt: number;
  /** Where the cart should stand, SI; undefined without such a target. */
  readonly target: number | undefined;
  /** What the time axis of a whole run shows. */
  readonly span?: Span;
  /** A second episode, drawn under the first. Only in a whole run. */
  readonly other?: OtherEpisode;
}
/** Axis values, seconds of the episode. */
export interface Span {
  readonly from: number;
  readonly to: number;
}
export interface OtherEpisode {
  readonly history: PlotHistory;
  /** Seconds by which it is moved to the right. */
  readonly shift: number;
  /** Full turns that are added to its angles, so that two episodes that stand upright lie on each other. */
  readonly turns?: number;
}
/** Axis value of the history that is 0 on the time axis of the plots. */
export const originOf = ({ span, now }: PlotWindow): number => (span === undefined ? now : 0);

/** Same gutter for every plot, so that times line up. */
export const GUTTER = 52;
/** The same for a whole run, whose angles are named: "down −180". */
export const WHOLE_GUTTER = 72;
export const RIGHT_MARGIN = 14;
