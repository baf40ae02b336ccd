import type { SetupDescription } from '../../shared/contract/contract';
import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { Plant, PlantInstance } from '../../shared/plants/plant';
import { BASIS, readState, rowAt, type Past } from './history';
import { momentOf } from './picture';
import type { View } from './view.svelte';
import type { PlanFigures, Workbench } from './workbench.svelte';

/** The moment that plots and scene show: now, the one at which the view was frozen, or the cursor of a replay. */
export interface Moment {
  /** On the history's axis. */
  readonly at: number;
  readonly plan: PlanFrame | undefined;
  /** On the same axis: where the plan begins. */
  readonly planAt: number;
  /** It stands still by itself: nothing new comes in, and the plan is the one of then. */
  readonly frozen: boolean;
}

/** What scene and plots show: the running workbench or a recorded episode, which look the same to them. */
export interface Subject {
  readonly setup: SetupDescription | undefined;
  readonly plant: Plant | undefined;
  readonly instance: PlantInstance | undefined;
  /** Grows when history or plant are other objects than before; a rune, as `setup`, `planFigures` and the target. */
  readonly epoch: number;
  readonly history: Past;
  /** Grows with every plan that comes or goes. */
  readonly planVersion: number;
  readonly planFigures: PlanFigures | undefined;
  /** Where the cart should stand, SI. */
  readonly target: number;
  /** Between which bounds the target may stand; undefined when the task has none. */
  readonly targetRange: readonly [number, number] | undefined;
  /** Time that a plan may take; undefined: a period. */
  readonly deadlineMs: number | undefined;
  /** Whether whoever computes falls behind and wants the processor for itself. */
  readonly fallsBehind: boolean;
  moment(): Moment;
  /** Writes the pose to draw at wall time `wallNow` (ms) to `out` [n]. @returns whether it moves on by itself */
  poseAt(wallNow: number, out: Float64Array): boolean;
  /** Why what is drawn as plan does not act at this moment; empty when it does. */
  notApplied(moment: Moment): string;
}

/** The workbench as this page knows it, at the moment that its view shows. */
export function liveSubject(workbench: Workbench, view: View): Subject {
  return {
    get setup() {
      return workbench.setup;
    },
    get plant() {
      return workbench.plant;
    },
    get instance() {
      return workbench.instance;
    },
    get epoch() {
      return workbench.epoch;
    },
    get history() {
      return workbench.history;
    },
    get planVersion() {
      return workbench.planVersion;
    },
    get planFigures() {
      return workbench.planFigures;
    },
    get target() {
      return workbench.target;
    },
    get targetRange() {
      return workbench.targetRange;
    },
    get deadlineMs() {
      return workbench.status?.deadlineMs;
    },
    get fallsBehind() {
      return (workbench.status?.speedReason ?? '') !== '';
    },
    moment: () => momentOf(workbench, view),
    poseAt(wallNow, out) {
      const { history } = workbench;
      if (view.frozen === undefined) return workbench.pose.at(wallNow, out);
      readState(history, rowAt(history, view.frozen.at), out);
      return false;
    },
    notApplied(moment) {
      const { history, status, phase } = workbench;
      if (phase !== 'joined') return 'not connected';
      if (!moment.frozen && status?.state === 'STOPPED') return 'stopped, the command is zero';
      if (!moment.frozen && status?.state === 'FAULT') return 'fault, the command is zero';
      return basisInWords(history, moment.at);
    },
  };
}

/** Why no plan acts at axis value `at`, as its row says; empty when one does. */
export function basisInWords(history: Past, at: number): string {
  if (history.count === 0) return '';
  switch (history.basis(rowAt(history, at))) {
    case BASIS.random:
      return 'random actions, to learn from';
    case BASIS.damp:
      return 'no valid plan, damping';
    case BASIS.zero:
      return 'the command is zero';
    default:
      return '';
  }
}
