import type { EpisodeSink } from '../../shared/episodes/record';
import { LastingJudge } from '../../shared/learning/lasting';
import { TransitionStore, type Transitions } from '../../shared/episodes/transitions';
import type { DynamicsModel, FitProgress } from '../../shared/models/model';
import { PlanSearch, type PopulationEvaluator } from '../../shared/planners/planSearch';
import type { EpisodePlan } from '../../shared/learning/algorithm';
import { episodeHeader } from '../../shared/setups/episodeHeader';
import type { ResolvedSetup } from '../../shared/setups/resolve';
import type { SettingsOf, SettingsSchema } from '../../shared/settings';
import { assembleLoop, controllerOf, horizonOf, plannerOf, searchesOf, startOf } from './assemble';
import { EpisodeRecord, pathsOf, TIME_WAS_OVER } from './episodeRecord';
import type { Rig } from '../rigs/rig';
import type { ControlLoop } from './loop';
import { planPicture } from './planPicture';
import type { SlotPlan } from './planSlot';
import type { SubjectMessage } from './subject';

/** What a run may use of the world. */
export interface LearningHost {
  /** Milliseconds, monotonic; only for the figures of wall time and planning time, never for a decision. */
  now(): number;
  readonly pool: PopulationEvaluator & {
    setSubject(message: SubjectMessage): { readonly model: DynamicsModel };
    /** The model as fast as what rolls out evaluates it: for pictures. */
    readonly drawnModel?: DynamicsModel | undefined;
  };
  onProgress?(progress: LearningProgress): void;
  onFit?(progress: FitProgress): void;
  /** Takes the episodes in, and says who writes them and when. */
  readonly recorder?: { readonly sink: EpisodeSink; readonly software: string; wallClock(): string };
  /** Awaited now and then; throws to cancel. */
  checkpoint?(): Promise<void>;
}
export interface LearningProgress {
  readonly experience: number;
  readonly episode: number;
  readonly time: number;
  readonly cost: number;
  readonly fits: number;
  readonly uprightFor: number | undefined;
}
export interface LearningBudget {
  /** Give up after so many seconds on the rig, or of computing. */
  readonly experienceSeconds: number;
  readonly wallSeconds: number;
}
export interface EpisodeOutcome {
  readonly index: number;
  readonly source: 'random' | 'controller';
  readonly randomSeconds: number;
  readonly seconds: number;
  readonly cost: number;
  /** Time of the episode from which the pole stayed up to the end; undefined when it did not. */
  readonly uprightFrom: number | undefined;
  readonly ended: string;
}
export interface LearningResult {
  readonly succeeded: boolean;
  /** Seconds on the rig up to the instant from which the first lasting episode stays up. */
  readonly experienceSeconds: number | undefined;
  /** Seconds on the rig in all. */
  readonly trainingSeconds: number;
  readonly episodes: readonly EpisodeOutcome[];
  readonly planMs: readonly number[];
  readonly fits: number;
  readonly model: DynamicsModel | undefined;
  /** Why it ended without success, or empty. */
  readonly gaveUp: string;
}

/** The run was called off; what it had is lost. */
export class LearningCancelled extends Error {
  constructor() {
    super('Learning was cancelled.');
    this.name = 'LearningCancelled';
  }
}

/**
 * Learns from scratch on a simulated rig and a stepped clock: as fast as it can, and bit for bit repeatable by seed.
 * Ends with the first lasting episode, when the algorithm is done, or when the budget is spent.
 *
 * @param again  further episodes after the first success, still learning (for the law that success lasts)
 */
export async function learnFromScratch(
  resolved: ResolvedSetup,
  budget: LearningBudget,
  host: LearningHost,
  again = 0,
): Promise<LearningResult> {
  const run = new LearningRun(resolved, host);
  const startedAt = host.now();
  const algorithm = resolved.algorithm.create(resolved.settings.learning as SettingsOf<SettingsSchema>);
  const episodes: EpisodeOutcome[] = [];
  let succeededAt: number | undefined;
  let gaveUp = '';
  let left = again;
  if (!resolved.model.needsData) await run.fit(run.store.head(0));
  for (let index = 0; ; index++) {
    const plan = algorithm.nextEpisode(index, run.experience);
    if (plan === undefined) {
      gaveUp = `The algorithm "${resolved.setup.algorithm}" ends after ${index} episodes.`;
      break;
    }
    if (run.experience >= budget.experienceSeconds - 1e-9) gaveUp = `${budget.experienceSeconds} s of experience were not enough.`;
    else if ((host.now() - startedAt) / 1000 >= budget.wallSeconds) gaveUp = `${budget.wallSeconds} s of computing were not enough.`;
    if (gaveUp !== '' && succeededAt === undefined) break;
    if (plan.fitFirst) await run.fit(run.store.head(run.store.count));
    const before = run.experience;
    const remaining = succeededAt === undefined ? budget.experienceSeconds - before : Infinity;
    const outcome = await run.episode(index, plan, (moment) => algorithm.wantsFit(moment), remaining);
    episodes.push(outcome);
    if (succeededAt !== undefined && --left <= 0) break;
    if (succeededAt === undefined && outcome.uprightFrom !== undefined) {
      succeededAt = seconds(before + outcome.uprightFrom);
      if (left <= 0) break;
    }
  }
  return {
    succeeded: succeededAt !== undefined,
    experienceSeconds: succeededAt,
    trainingSeconds: run.experience,
    episodes,
    planMs: run.planMs,
    fits: run.fits,
    model: run.model,
    gaveUp: succeededAt === undefined ? gaveUp : '',
  };
}

class LearningRun {
  private periods = 0;
  fits = 0;
  model: DynamicsModel | undefined;
  readonly planMs: number[] = [];
  readonly store: TransitionStore;
  private readonly loop: ControlLoop;
  private readonly rig: Rig;
  private readonly judge = new LastingJudge();
  private readonly latch = { stopped: false };
  /** Rows that were known after each period, so that a model can be as old as it would be on a bench. */
  private readonly rowsAfter: number[] = [];
  private lastFitAt = -Infinity;
  private planNumber = 0;
  private search: PlanSearch | undefined;
  private searchHorizon = 0;

  constructor(
    private readonly resolved: ResolvedSetup,
    private readonly host: LearningHost,
  ) {
    this.store = new TransitionStore(resolved.instance.size, 1024);
    const { loop, rig } = assembleLoop(resolved, this.latch, host.now);
    this.loop = loop;
    this.rig = rig;
  }

  /** Seconds on the rig so far. */
  get experience(): number {
    return seconds(this.periods * this.resolved.period);
  }

  async fit(data: Transitions, recorded?: EpisodeRecord): Promise<void> {
    const { resolved, host } = this;
    const { setup, plant, instance, period } = resolved;
    this.lastFitAt = this.experience;
    this.model = await resolved.model.fit({
      plant,
      plantId: setup.plant,
      plantValues: resolved.settings.plant,
      instance,
      period,
      data,
      settings: resolved.settings.model,
      priors: setup.priors,
      seed: setup.seed,
      ...(this.model === undefined ? {} : { previous: this.model }),
      ...(host.onFit === undefined ? {} : { onProgress: host.onFit }),
      ...(host.checkpoint === undefined ? {} : { checkpoint: host.checkpoint }),
    });
    this.fits++;
    recorded?.event('model', `Fit ${this.fits} installed: ${resolved.model.label}.`);
    host.pool.setSubject({
      plant: setup.plant,
      plantSettings: resolved.settings.plant,
      model: this.model.save(),
      cost: resolved.cost,
      propagation: resolved.propagation,
    });
    this.search?.setModel(this.model, host.pool.drawnModel);
  }

  async episode(
    index: number,
    plan: EpisodePlan,
    wantsFit: (moment: { experience: number; sinceFit: number; rows: number }) => boolean,
    remaining: number,
  ): Promise<EpisodeOutcome> {
    const { resolved, loop, host } = this;
    const { period } = resolved;
    const steps = Math.round(plan.seconds / period);
    loop.replace({ controller: controllerOf(resolved, resolved.setup.controller === 'mpc' ? { replan: plan.replan } : {}) });
    const search = this.searchFor(horizonOf(resolved, plan), searchesOf(plan));
    const angle = resolved.plant.channels.findIndex((channel) => channel.wraps === true);
    this.judge.reset();
    let cost = 0;
    let ended = 'time';
    let step = 0;
    let measurement = loop.start(startOf(resolved), index);
    const recorded = this.recordOf(index, plan);
    const fanSteps = FAN_SECONDS / period - 1e-9;
    let nextFan = 0;
    for (;;) {
      const known = { hasModel: this.model !== undefined, explore: step * period < plan.randomSeconds - 1e-9 };
      const trip = loop.sense(measurement, known);
      const { record } = loop;
      recorded?.sensed(measurement, record, known);
      if (step > 0) {
        this.periods++;
        for (const term of record.costs) cost += term;
        this.judge.see(step * period, record.truth[angle]!);
        const { finished } = loop;
        if (finished !== undefined) this.store.add(finished.state, finished.action, finished.next);
        this.rowsAfter.push(this.store.count);
        host.onProgress?.({
          experience: this.experience,
          episode: index,
          time: step * period,
          cost,
          fits: this.fits,
          uprightFor: this.judge.uprightFor,
        });
      }
      if (trip !== undefined && trip.kind !== 'stopped') recorded?.fault(trip.kind, trip.reason);
      if (trip !== undefined) ended = trip.reason;
      else if (step < steps && step * period >= remaining - 1e-9) ended = 'the experience was used up';
      if (ended !== 'time' || step >= steps) break;
      if (
        resolved.model.needsData &&
        wantsFit({ experience: this.experience, sinceFit: this.experience - this.lastFitAt, rows: this.store.count })
      )
        await this.fit(this.agedData(), recorded);
      let planMs = NaN;
      if (loop.wantsPlan) {
        const wantsFan = recorded !== undefined && step >= nextFan;
        const from = host.now();
        const found = search.plan({
          id: ++this.planNumber,
          step,
          state: loop.state,
          queue: loop.commandsUnderWay,
          wantsFan,
        });
        planMs = host.now() - from;
        this.planMs.push(planMs);
        const { id, actsFrom, actions, cost: imagined } = found;
        if (actions !== undefined) this.newest = { id, actsFrom, actions, cost: imagined };
        else recorded?.fault('noPlan', `No plan: ${found.reason ?? ''}`);
        const frame = wantsFan ? planPicture(search, found, resolved, planMs) : undefined;
        if (frame !== undefined) {
          recorded!.fan(frame, true);
          nextFan = step + fanSteps;
        }
      }
      loop.act(this.newest, true);
      recorded?.decided(record, this.newest, loop.commandsUnderWay.length, { allowed: true, planMs });
      measurement = this.rig.advance();
      step++;
      await host.checkpoint?.();
    }
    recorded?.end(ended === 'time' ? TIME_WAS_OVER : ended);
    const lastingFrom = ended === 'time' ? this.judge.lastingFrom : undefined;
    const uprightFrom = lastingFrom === undefined ? undefined : seconds(lastingFrom);
    return {
      index,
      source: plan.randomSeconds >= plan.seconds ? 'random' : 'controller',
      randomSeconds: seconds(Math.min(plan.randomSeconds, step * period)),
      seconds: seconds(step * period),
      cost,
      uprightFrom,
      ended,
    };
  }

  private recordOf(index: number, plan: EpisodePlan): EpisodeRecord | undefined {
    const { recorder } = this.host;
    if (recorder === undefined) return undefined;
    const written = { software: recorder.software, startedAt: recorder.wallClock() };
    return new EpisodeRecord(recorder.sink, episodeHeader(this.resolved, index, plan, written), pathsOf(this.resolved));
  }

  /** The newest plan of this episode, which the controller may follow for a while (or to the end, when it plans once). */
  private newest: SlotPlan | undefined;

  /** What a fit that ends now could have begun with, `modelAge` ago; all there is while that would be next to nothing. */
  private agedData(): Transitions {
    const age = Math.round((this.resolved.settings.learning.modelAge as number) / this.resolved.period);
    const aged = this.rowsAfter[this.rowsAfter.length - 1 - age] ?? 0;
    return this.store.head(aged > FEW_ROWS ? aged : this.store.count);
  }
  private searchFor(horizon: number, searches: number): PlanSearch {
    if (this.search === undefined || this.searchHorizon !== horizon) {
      const { resolved, host } = this;
      this.search = new PlanSearch({
        seed: resolved.setup.seed,
        plant: resolved.plant,
        instance: resolved.instance,
        horizon,
        searches,
        evaluator: host.pool,
        createPlanner: (context) => plannerOf(resolved, horizon, context),
      });
      this.search.setModel(this.model, host.pool.drawnModel);
      this.searchHorizon = horizon;
    }
    this.search.reset();
    this.newest = undefined;
    return this.search;
  }
}
const FEW_ROWS = 5;
/** Of the episode, between two plans whose fans are recorded. */
const FAN_SECONDS = 0.1;
/** A sum of periods without the dust of binary fractions. */
const seconds = (value: number): number => Math.round(value * 1e9) / 1e9;
