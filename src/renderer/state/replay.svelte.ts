import type { OpenedRecording, RecordingCalls } from '../../shared/contract/contract';
import { decodePlanFrame, type PlanFrame } from '../../shared/episodes/planFrame';
import type { Plant, PlantInstance } from '../../shared/plants/plant';
import { newestWanted, type Wanted } from './newestWanted';
import { plantOf } from './plantOf';
import { RecordedHistory } from './recordedHistory';
import { basisInWords, type Moment, type Subject } from './subject';
import type { PlanFigures } from './workbench.svelte';

/** Rows that are loaded at once and kept; a longer recording is looked at in parts. */
const MOST_ROWS = 20_000;
/** Rows of such a part on screen: more than a plot has pixels. */
const ROWS_OF_PART = 4_000;
const ROWS_OF_OVERVIEW = 2_000;
/** Seconds of every row and plan around the cursor, for the scene. */
const NEAR_SECONDS = 3;
const MOST_PLANS = 400;
/** A plan that nobody renewed for so long says nothing about what comes, s. */
const STALE = 0.5;

interface Span {
  readonly from: number;
  readonly to: number;
}

/** A recorded episode that is replayed: its rows and plans, as far as they are looked at, and what scene and plots read of them. */
export class Replay {
  readonly name: string;
  readonly seconds: number;
  readonly period: number;
  readonly setup: OpenedRecording['setup'];
  /** The whole episode, thinned out where it is long. */
  readonly overview: RecordedHistory;
  /** What the plots show. */
  readonly plots: ReplaySubject;
  /** What the scene shows: every row around the cursor. */
  readonly scene: ReplaySubject;
  /** Where it stands, s of this episode; whoever replays it says so. */
  cursor: () => number = () => 0;
  /** Plans around the cursor in the order of their times. */
  plans: readonly PlanFrame[] = [];
  plansVersion = 0;
  private readonly part: RecordedHistory;
  private readonly near: RecordedHistory;
  private readonly wantedPart: Wanted<Span>;
  private readonly wantedNear: Wanted<Span>;
  private readonly wantedPlans: Wanted<Span>;

  /** Rejects with the sentence of the workbench. */
  static async open(name: string, calls: RecordingCalls): Promise<Replay> {
    const opened = await calls.openRecording({ name });
    const replay = new Replay(opened, calls);
    await replay.loadWhole();
    return replay;
  }

  private constructor(
    readonly opened: OpenedRecording,
    private readonly calls: RecordingCalls,
  ) {
    const { summary, setup, moments } = opened;
    this.name = summary.name;
    this.seconds = summary.seconds;
    this.period = setup.period;
    this.setup = setup;
    const history = () => new RecordedHistory(setup.channels.length, setup.costTerms.length, setup.period, moments);
    this.overview = history();
    this.part = this.isShort ? this.overview : history();
    this.near = this.isShort ? this.overview : history();
    this.plots = new ReplaySubject(this, this.part);
    this.scene = this.isShort ? this.plots : new ReplaySubject(this, this.near);
    this.wantedPart = newestWanted((span) => this.loadRows(this.part, span, ROWS_OF_PART));
    this.wantedNear = newestWanted((span) => this.loadRows(this.near, span, MOST_ROWS));
    this.wantedPlans = newestWanted((span) => this.loadPlans(span));
  }

  /**
   * Loads what is looked at and not there yet; asked on every frame.
   * @param window  what the plots show, s of this episode
   */
  follow(window: Span): void {
    const at = this.cursor();
    const near = { from: Math.max(0, at - NEAR_SECONDS), to: Math.min(this.seconds, at + NEAR_SECONDS) };
    const isNear = (has: Span | undefined) =>
      has !== undefined && has.from <= Math.max(0, at - 1) && has.to >= Math.min(this.seconds, at + 1);
    if (!this.hasAllPlans && !isNear(this.wantedPlans.last)) this.wantedPlans.want(near);
    if (this.isShort) return;
    if (!isNear(this.wantedNear.last)) this.wantedNear.want(near);
    const { last } = this.wantedPart;
    if (last === undefined || last.from !== window.from || last.to !== window.to) this.wantedPart.want({ ...window });
  }
  /** The newest plan that had begun to act by then. */
  planAt(time: number): PlanFrame | undefined {
    const { plans } = this;
    let low = 0;
    let high = plans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (plans[middle].time <= time + 1e-9) low = middle + 1;
      else high = middle;
    }
    const plan = plans[low - 1];
    return plan !== undefined && time - plan.time < STALE ? plan : undefined;
  }

  private get isShort(): boolean {
    return this.opened.summary.rows <= MOST_ROWS;
  }
  private get hasAllPlans(): boolean {
    return this.opened.plans <= MOST_PLANS;
  }
  private async loadWhole(): Promise<void> {
    const whole = { from: 0, to: this.seconds };
    const rows = this.loadRows(this.overview, whole, this.isShort ? MOST_ROWS : ROWS_OF_OVERVIEW);
    await Promise.all([rows, this.hasAllPlans ? this.loadPlans(whole) : undefined]);
  }
  private async loadRows(history: RecordedHistory, { from, to }: Span, most: number): Promise<void> {
    const { every, rows } = await this.calls.recordedRows({ name: this.name, from, to, most });
    history.put(every, rows);
  }
  private async loadPlans({ from, to }: Span): Promise<void> {
    const { frames } = await this.calls.recordedPlans({ name: this.name, from, to, most: MOST_PLANS });
    this.plans = frames.map(decodePlanFrame);
    this.plansVersion++;
  }
}

/** A replay as scene and plots read it. */
export class ReplaySubject implements Subject {
  planFigures = $state.raw<PlanFigures | undefined>(undefined);
  readonly plant: Plant | undefined;
  readonly instance: PlantInstance | undefined;
  readonly epoch = 0;
  readonly deadlineMs = undefined;
  readonly fallsBehind = false;
  readonly target: number;
  readonly targetRange: readonly [number, number] | undefined;
  private figured: PlanFrame | undefined;

  constructor(
    private readonly replay: Replay,
    readonly history: RecordedHistory,
  ) {
    const { setup, settings } = replay.opened;
    const values = Object.fromEntries(settings.flatMap((section) => section.settings.map(({ id, value }) => [id, value])));
    const known = plantOf(setup.plant.id, values);
    this.plant = known?.plant;
    this.instance = known?.instance;
    const place = setup.channels.findIndex(({ id }) => id === 'position');
    const hasTarget = place >= 0 && Object.hasOwn(values, 'task.target');
    this.target = hasTarget ? Number(values['task.target']) : 0;
    this.targetRange = hasTarget ? (setup.stateLimits[place] ?? [-1, 1]) : undefined;
  }
  get setup(): OpenedRecording['setup'] {
    return this.replay.setup;
  }
  get planVersion(): number {
    return this.replay.plansVersion;
  }
  moment(): Moment {
    const at = this.replay.cursor();
    const plan = this.replay.planAt(at);
    this.figure(plan);
    return { at, plan, planAt: plan?.time ?? at, frozen: true };
  }
  poseAt(_wallNow: number, out: Float64Array): boolean {
    this.history.poseAt(this.replay.cursor(), out);
    return false;
  }
  notApplied({ at }: Moment): string {
    return basisInWords(this.history, at);
  }
  private figure(plan: PlanFrame | undefined): void {
    if (plan === this.figured) return;
    this.figured = plan;
    this.planFigures = plan && {
      rollouts: plan.rollouts,
      horizon: plan.horizon,
      seconds: plan.horizon * plan.period,
      worst: plan.costs[0] ?? plan.cost,
      best: plan.costs[plan.rollouts - 1] ?? plan.cost,
    };
  }
}
