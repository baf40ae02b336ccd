import type { EpisodeHeader, EpisodeSink, RecordedEvent, RecordedPeriod } from '../../shared/episodes/record';
import type { Measurement } from '../../shared/estimators/estimator';
import type { EpisodePlan } from '../../shared/learning/algorithm';
import type { ResolvedSetup } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import type { StepRecord } from './loop';
import type { SlotPlan } from './planSlot';

/** What an episode of this setup is recorded under. */
export function headerOf(
  { setup, plant, instance, period, cost }: ResolvedSetup,
  episode: number,
  { seconds, randomSeconds, replan }: EpisodePlan,
  written: { readonly software: string; readonly startedAt: string },
): EpisodeHeader {
  const limit = (value: number) => (Number.isFinite(value) ? value : null);
  return {
    ...written,
    rig: 'simulated',
    episode,
    period,
    plant: setup.plant,
    channels: plant.channels.map(({ id, label, unit, wraps }, c) => ({
      id,
      label,
      unit,
      wraps: wraps === true,
      limits: [limit(instance.stateLimits[c]![0]), limit(instance.stateLimits[c]![1])],
    })),
    action: { id: plant.action.id, label: plant.action.label, unit: plant.action.unit, limit: instance.actionLimit },
    costs: cost.terms.map(({ label }) => label),
    setup,
    plan: { seconds, randomSeconds, replan },
  };
}

/** Why most episodes end. */
export const TIME_WAS_OVER = 'The time of the episode was over.';

/**
 * Hands an episode to a sink while the loop runs it: in each period first what was sensed, then what was decided. Of the last
 * one nothing is decided.
 */
export class EpisodeRecord {
  private waiting: RecordedPeriod | undefined;
  private step = 0;
  private newestPlan: number | undefined;
  /** Settings that came while a plan was awaited: what was sensed before them is as it was. */
  private readonly later: RecordedEvent[] = [];

  constructor(
    private readonly sink: EpisodeSink,
    header: EpisodeHeader,
  ) {
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
    { chosen, command, basis, verdict, planAge }: StepRecord,
    plan: SlotPlan | undefined,
    underWay: number,
    { allowed, planMs, latenessMs = NaN }: { readonly allowed: boolean; readonly planMs: number; readonly latenessMs?: number },
  ): void {
    const { sink, waiting } = this;
    if (waiting === undefined) return;
    this.waiting = undefined;
    if (plan !== undefined && plan.id !== this.newestPlan) {
      this.newestPlan = plan.id;
      const { id, actsFrom, actions, cost } = plan;
      sink.plan({ id, step: actsFrom - underWay, actsFrom, actions: Array.from(actions), cost });
    }
    const orNull = (value: number) => (Number.isNaN(value) ? null : value);
    const times = { planMs: orNull(planMs), latenessMs: orNull(latenessMs) };
    sink.period({ ...waiting, decided: { chosen, sent: command, basis, verdict, planAge, allowed, ...times } });
    for (const event of this.later.splice(0)) sink.event(event);
  }
  /** Settings that apply from here on. @param replacesController  whether the controller was made anew with them */
  setting(setup: Setup, replacesController: boolean): void {
    const event = { step: this.step, kind: 'setting', text: JSON.stringify({ setup, replacesController }) } as const;
    if (this.waiting === undefined) this.sink.event(event);
    else this.later.push(event);
  }
  end(text: string): void {
    if (this.waiting !== undefined) this.sink.period(this.waiting);
    this.waiting = undefined;
    for (const event of this.later.splice(0)) this.sink.event(event);
    this.sink.event({ step: this.step, kind: 'end', text });
    this.sink.end();
  }
}
