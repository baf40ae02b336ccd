import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { PlantInstance } from '../../shared/plants/plant';
import { rowAt, type Past } from './history';
import type { Moment, Subject } from './subject';
import type { View } from './view.svelte';
import type { Workbench } from './workbench.svelte';

/** Seconds after which a plan that was not renewed says nothing about what comes. */
const STALE = 0.5;

/** The moment that the page shows of its workbench: now, or the one at which the view was frozen. */
export function momentOf(workbench: Workbench, view: View): Moment {
  const { frozen } = view;
  if (frozen !== undefined) return { ...frozen, frozen: true };
  const at = workbench.history.now;
  const { plan, planAt } = workbench;
  // a plan that ran out (the loop was stopped, or plans no more) is a thing of the past
  const over = plan !== undefined && planAt + plan.horizon * plan.period < at;
  return { at, plan: over ? undefined : plan, planAt, frozen: false };
}

/** The plan for the plots, which show what is about to happen: none when the newest one is not being followed any more. */
export const followedPlan = ({ plan, planAt, at, frozen }: Moment): PlanFrame | undefined =>
  frozen || (plan !== undefined && at - planAt < STALE) ? plan : undefined;

/** Seconds of the tip's path that are drawn behind it. */
const TRAIL_SECONDS = 0.6;
/** Points between two rows, so that a swing is drawn round. */
const FINE = 4;

/** Pose and trail for the scene, in buffers that are used again. */
export class Picture {
  state = new Float64Array(0);
  trail = new Float32Array(256);
  trailCount = 0;
  /** Why what is drawn as plan does not act; empty when it does. */
  notApplied = '';

  /** @returns whether the pose moves on by itself */
  take(subject: Subject, moment: Moment, wallNow: number): boolean {
    const { history, instance } = subject;
    if (history.count === 0 || instance === undefined) return false;
    if (this.state.length !== history.size) this.state = new Float64Array(history.size);
    const moving = subject.poseAt(wallNow, this.state);
    this.takeTrail(history, instance, rowAt(history, moment.at));
    this.notApplied = subject.notApplied(moment);
    return moving;
  }
  private takeTrail(history: Past, instance: PlantInstance, row: number): void {
    const from = Math.max(0, history.firstAtOrAfter(history.x(row) - TRAIL_SECONDS));
    const needed = ((row - from + 1) * FINE + 2) * 2;
    if (this.trail.length < needed) this.trail = new Float32Array(needed * 2);
    const state = new Float64Array(history.size);
    let count = 0;
    const add = (a: number, share: number, b: number) => {
      for (let c = 0; c < history.size; c++) state[c] = history.state(a, c) + share * (history.state(b, c) - history.state(a, c));
      instance.tip(state, 0, this.trail, count * 2);
      count++;
    };
    for (let i = from; i < row; i++) {
      if (history.breaksBefore(i + 1)) {
        count = 0; // what came before the break belongs to another episode
        continue;
      }
      for (let f = 0; f < FINE; f++) add(i, f / FINE, i + 1);
    }
    // the trail ends where the pole is drawn, which lags a little behind the newest row
    if (count > 0) {
      instance.tip(this.state, 0, this.trail, count * 2);
      let last = count;
      const [x, y] = [this.trail[count * 2], this.trail[count * 2 + 1]];
      let best = Infinity;
      for (let i = Math.max(0, count - 2 * FINE); i < count; i++) {
        const away = Math.hypot(this.trail[i * 2] - x, this.trail[i * 2 + 1] - y);
        if (away < best) {
          best = away;
          last = i;
        }
      }
      this.trail[(last + 1) * 2] = x;
      this.trail[(last + 1) * 2 + 1] = y;
      count = last + 2;
    }
    this.trailCount = count;
  }
}
