import type { EventKind, Push, RecordedEvent } from '../../shared/episodes/eventRecord';
import { bestOf, USUAL_PATHS } from '../../shared/episodes/fanRecord';
import { decodePlanFrame, encodePlanFrame } from '../../shared/episodes/planFrame';
import type { EpisodeHeader, EpisodeSink, RecordedPeriod } from '../../shared/episodes/record';
import type { Measurement } from '../../shared/estimators/estimator';
import type { ResolvedSetup } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import { EpisodeTiming } from './episodeTiming';
import type { StepRecord } from './loop';
import type { SlotPlan } from './planSlot';

/** Why most episodes end. */
export const TIME_WAS_OVER = 'The time of the episode was over.';

/** Seconds of the episode between two messages about its timing. */
const TIMING_SECONDS = 10;
/** Frames that are kept as they came, of which those of the second before a fault are recorded with all their paths. */
const KEPT_FRAMES = 10;
const SECONDS_BEFORE_FAULT = 1;

/** Rollouts of a plan that a recording holds, by the setup. */
export const pathsOf = ({ settings }: ResolvedSetup): number => (settings.loop.fan === 'all' ? Infinity : USUAL_PATHS);

/**
 * Hands an episode to a sink while the loop runs it: in each period first what was sensed, then what was decided, then what
 * happened meanwhile. Of the last period nothing is decided.
 */
export class EpisodeRecord {
  private waiting: RecordedPeriod | undefined;
  private step = 0;
  private newestPlan: number | undefined;
  private basis = '';
  private verdict = '';
  /** What happened since the newest period was sensed; settings among it say nothing of what was sensed before them. */
  private readonly later: RecordedEvent[] = [];
  private readonly frames: { readonly step: number; readonly frame: Uint8Array }[] = [];
  private readonly timing = new EpisodeTiming();
  private readonly timingSteps: number;

  /** @param paths  rollouts of a fan that are recorded */
  constructor(
    private readonly sink: EpisodeSink,
    private readonly header: EpisodeHeader,
    private readonly paths = USUAL_PATHS,
  ) {
    this.timingSteps = Math.max(1, Math.round(TIMING_SECONDS / header.period));
    sink.begin(header);
  }

  sensed(
    { step, rigTime, hostTime, positions, rates, applied }: Measurement,
    { time, state, truth, costs }: StepRecord,
    { explore, hasModel }: { readonly explore: boolean; readonly hasModel: boolean },
  ): void {
    this.step = step;
    this.waiting = {
      step,
      time,
      rigTime,
      hostTime,
      positions: Array.from(positions),
      ...(rates && { rates: Array.from(rates) }),
      applied,
      state: Array.from(state),
      ...(truth.every(Number.isNaN) ? {} : { truth: Array.from(truth) }),
      costs: Array.from(costs),
      explore,
      hasModel,
    };
  }
  /**
   * @param plan      the newest that had come in
   * @param underWay  commands under way
   * @param how       times in ms, NaN where there is none
   */
  decided(
    record: StepRecord,
    plan: SlotPlan | undefined,
    underWay: number,
    {
      allowed,
      planMs,
      latenessMs = NaN,
      planIsLate = false,
    }: { readonly allowed: boolean; readonly planMs: number; readonly latenessMs?: number; readonly planIsLate?: boolean },
  ): void {
    const { sink, waiting } = this;
    if (waiting === undefined) return;
    const { chosen, command, basis, verdict, planAge } = record;
    if (plan !== undefined && plan.id !== this.newestPlan) {
      if (this.newestPlan === undefined) this.happened('firstPlan', `The first plan came; it acts from step ${plan.actsFrom}.`);
      this.newestPlan = plan.id;
      const { id, actsFrom, actions, cost } = plan;
      sink.plan({ id, step: actsFrom - underWay, actsFrom, actions: Array.from(actions), cost });
    }
    if (allowed) this.lookForFallback(record);
    const orNull = (value: number) => (Number.isNaN(value) ? null : value);
    const times = { planMs: orNull(planMs), latenessMs: orNull(latenessMs) };
    this.timing.add(latenessMs, planMs, planIsLate);
    this.flush({ ...waiting, decided: { chosen, sent: command, basis, verdict, planAge, allowed, ...times } });
    if (this.step > 0 && this.step % this.timingSteps === 0) this.tellTiming();
  }
  /** Settings that apply from here on. @param replacesController  whether the controller was made anew with them */
  setting(setup: Setup, replacesController: boolean): void {
    this.happened('setting', JSON.stringify({ setup, replacesController }));
  }
  event(kind: EventKind, text: string, push?: Push): void {
    this.happened(kind, text, push);
  }
  /** Something made the loop fall back, or end: the second before is recorded with all its paths. */
  fault(kind: EventKind, text: string): void {
    this.happened(kind, text);
    const { sink, frames, step, paths, header } = this;
    if (paths === Infinity) return; // they were recorded so
    const from = step - SECONDS_BEFORE_FAULT / header.period;
    for (const { step: came, frame } of frames.splice(0))
      if (came >= from) sink.fan({ bytes: frame, searched: decodePlanFrame(frame).rollouts });
  }
  /**
   * The picture of a plan that came. It is kept until the next ten have come.
   * @param isRecorded  whether it is recorded too, and not only kept for a fault
   */
  fan(frame: Uint8Array, isRecorded: boolean): void {
    const { frames, sink, paths, step } = this;
    if (frames.length === KEPT_FRAMES) frames.shift();
    frames.push({ step, frame });
    if (!isRecorded) return;
    const whole = decodePlanFrame(frame);
    const best = bestOf(whole, paths);
    sink.fan({ bytes: best === whole ? frame : encodePlanFrame(best), searched: whole.rollouts });
  }
  end(text: string): void {
    this.flush(this.waiting);
    this.tellTiming();
    this.sink.event({ step: this.step, kind: 'end', text });
    this.sink.end();
  }

  private flush(period: RecordedPeriod | undefined): void {
    this.waiting = undefined;
    if (period !== undefined) this.sink.period(period);
    for (const event of this.later.splice(0)) this.sink.event(event);
  }
  private happened(kind: EventKind, text: string, push?: Push): void {
    const event = { step: this.step, kind, text, ...(push && { push }) };
    if (this.waiting === undefined) this.sink.event(event);
    else this.later.push(event);
  }
  private tellTiming(): void {
    this.sink.timing(this.timing.figures(this.step, this.sink.dropped ?? 0));
  }
  /** Plans that end in damping, and actions that are no numbers; said once, where it begins. */
  private lookForFallback({ basis, verdict, chosen, planAge }: StepRecord): void {
    const fellBack = basis === 'damp' || basis === 'zero';
    const hadPlan = this.basis === 'plan' || this.basis === 'olderPlan';
    if (fellBack && hadPlan)
      this.fault(
        'fellBack',
        `There is no plan for this step (age ${planAge} periods); ${basis === 'damp' ? 'the motion is damped' : 'the action is zero'}.`,
      );
    if (verdict === 'notFinite' && this.verdict !== 'notFinite')
      this.fault('notFinite', `The controller chose ${String(chosen)}; the command is zero.`);
    this.basis = basis;
    this.verdict = verdict;
  }
}
