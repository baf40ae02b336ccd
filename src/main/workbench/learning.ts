import type { FitStatus, LearningState } from '../../shared/contract/contract';
import { TransitionStore } from '../../shared/episodes/transitions';
import type { AlgorithmInstance, EpisodePlan } from '../../shared/learning/algorithm';
import { FitCancelled, type FitProgress, type SavedModel } from '../../shared/models/model';
import type { SettingsOf, SettingsSchema } from '../../shared/settings';
import type { ResolvedSetup } from '../../shared/setups/resolve';
import type { FromControl, TransitionBlock } from '../../shared/contract/controlMessages';
import type { LearnerClient } from './learnerClient';

/** What learning needs of its surroundings. */
export interface LearningPorts {
  readonly learner: Pick<LearnerClient, 'fit' | 'cancel'>;
  /** A model is ready to be planned through. */
  install(model: SavedModel, fit: number, rows: number): void;
  /** A fit gave no model. */
  failed(): void;
  changed(): void;
  notice(level: 'note' | 'warning' | 'fault', text: string): void;
  /** Milliseconds, monotonic. */
  now(): number;
}
/** What the control process says of an episode that is over. */
type EndedEpisode = Pick<Extract<FromControl, { kind: 'ended' }>, 'episode' | 'seconds' | 'cost' | 'how' | 'uprightFrom'>;
type EpisodeSummary = LearningState['episodes'][number];

/**
 * The learning of a live run: collects what happened, begins fits as the algorithm says, installs their models, and
 * knows the next episode. It decides nothing with a deadline; a fit that takes long costs nothing but its age.
 */
export class Learning {
  private algorithm: AlgorithmInstance;
  private store: TransitionStore;
  private readonly episodes: EpisodeSummary[] = [];
  private current: { index: number; from: number; seconds: number; cost: number; plan: EpisodePlan } | undefined;
  private nextIndex = 0;
  /** Seconds of experience before the current episode. */
  private experienceBefore = 0;
  private swungUpAfter: number | undefined;
  private uprightFor: number | undefined;
  private fits = 0;
  private previous: SavedModel | undefined;
  private lastFitBegun = -Infinity;
  private lastFitAt: number | undefined;
  private fitting = false;
  private fit: FitStatus | undefined;
  private readonly lossAt: number[] = [];
  private readonly loss: number[] = [];
  private lossName = 'loss';
  private backend: LearningState['backend'] = null;
  private trainer: LearningState['trainer'] = null;
  private fault = '';
  /** Raised when everything is forgotten: an answer of an older age is thrown away. */
  private age = 0;

  constructor(
    private resolved: ResolvedSetup,
    private readonly ports: LearningPorts,
  ) {
    this.algorithm = resolved.algorithm.create(resolved.settings.learning as SettingsOf<SettingsSchema>);
    this.store = new TransitionStore(resolved.instance.size);
  }

  /** Settings changed: the algorithm reads them anew; data and model stay. */
  adopt(resolved: ResolvedSetup): void {
    this.resolved = resolved;
    this.algorithm = resolved.algorithm.create(resolved.settings.learning as SettingsOf<SettingsSchema>);
  }
  /** Calls off what runs, so that its answer changes nothing. */
  abandon(): void {
    this.age++;
    if (this.fitting) this.ports.learner.cancel();
    this.fitting = false;
  }
  cancelFit(): void {
    if (this.fitting) this.ports.learner.cancel();
  }
  /** The model to plan through before any data, when the kind needs none. */
  async begin(): Promise<void> {
    if (!this.resolved.model.needsData) await this.beginFit();
  }

  /** The next episode, fitted first where the algorithm wants it; undefined when the algorithm is done. */
  async nextEpisode(): Promise<{ readonly index: number; readonly plan: EpisodePlan } | undefined> {
    const index = this.nextIndex;
    const plan = this.algorithm.nextEpisode(index, this.experience);
    if (plan === undefined) return undefined;
    const { age } = this;
    if (plan.fitFirst) await this.beginFit();
    if (age !== this.age) return undefined;
    this.nextIndex++;
    const { current } = this;
    if (current !== undefined)
      this.ended({
        episode: current.index,
        seconds: current.seconds,
        cost: current.cost,
        how: 'a new episode was begun',
        uprightFrom: undefined,
      });
    this.current = { index, from: this.experience, seconds: 0, cost: 0, plan };
    this.uprightFor = undefined;
    this.ports.changed();
    return { index, plan };
  }

  /** What the control process sent of the running episode. */
  take(transitions: TransitionBlock, episode: number, seconds: number, cost: number): void {
    const n = this.resolved.instance.size;
    for (let i = 0; i < transitions.count; i++)
      this.store.add(
        transitions.states.subarray(i * n, (i + 1) * n),
        transitions.actions[i]!,
        transitions.nexts.subarray(i * n, (i + 1) * n),
      );
    if (this.current?.index !== episode) return; // the last words of an episode that is over
    this.current.seconds = Math.max(this.current.seconds, seconds);
    this.current.cost += cost;
    const sinceFit = this.experience - this.lastFitBegun;
    if (
      this.resolved.model.needsData &&
      !this.fitting &&
      this.algorithm.wantsFit({ experience: this.experience, sinceFit, rows: this.store.count })
    )
      void this.beginFit();
    this.ports.changed();
  }
  seeUpright(seconds: number | undefined): void {
    this.uprightFor = seconds;
  }
  /** The episode is over. */
  ended({ episode, seconds, cost, how, uprightFrom }: EndedEpisode): void {
    const { current } = this;
    if (current?.index !== episode) return;
    this.episodes.push({
      index: current.index,
      fromExperience: current.from,
      seconds,
      cost,
      ended: how,
      lasting: uprightFrom !== undefined,
    });
    if (this.episodes.length > 200) this.episodes.shift();
    if (uprightFrom !== undefined && this.swungUpAfter === undefined)
      this.swungUpAfter = Math.round((current.from + uprightFrom) * 1e9) / 1e9;
    this.current = undefined;
    this.experienceBefore = Math.round((current.from + seconds) * 1e9) / 1e9;
    this.uprightFor = undefined;
    this.ports.changed();
  }
  /** The learner process died. */
  lost(how: string): void {
    this.fault = how;
    this.ports.changed();
  }

  get experience(): number {
    return this.current === undefined ? this.experienceBefore : this.current.from + this.current.seconds;
  }
  /** The newest model, for a control process that starts anew. */
  get model(): SavedModel | undefined {
    return this.previous;
  }

  get state(): LearningState {
    const { current, resolved } = this;
    return {
      algorithm: resolved.setup.algorithm,
      experienceSeconds: this.experience,
      swungUpAfterSeconds: this.swungUpAfter ?? null,
      uprightForSeconds: this.uprightFor ?? null,
      episode: current?.index ?? Math.max(0, this.nextIndex - 1),
      episodeSeconds: current?.plan.seconds ?? (resolved.settings.learning.episode as number),
      fits: this.fits,
      rows: this.store.count,
      lastFitAtSeconds: this.lastFitAt ?? null,
      fit: this.fit ?? null,
      lossName: this.lossName,
      losses: { at: Float64Array.from(this.lossAt), loss: Float64Array.from(this.loss) },
      episodes:
        current === undefined
          ? this.episodes.slice()
          : [
              ...this.episodes,
              {
                index: current.index,
                fromExperience: current.from,
                seconds: current.seconds,
                cost: current.cost,
                ended: '',
                lasting: false,
              },
            ],
      trainer: this.trainer,
      backend: this.backend,
      fault: this.fault,
    };
  }

  private async beginFit(): Promise<void> {
    const { resolved, ports, age } = this;
    const { setup } = resolved;
    const at = this.experience;
    const rows = this.store.count;
    this.fitting = true;
    this.lastFitBegun = at;
    let newestLoss: number | undefined;
    const begun = ports.now();
    try {
      const { saved, trainer, backend } = await ports.learner.fit(
        {
          plant: setup.plant,
          plantSettings: resolved.settings.plant,
          model: setup.model,
          settings: resolved.settings.model,
          priors: setup.priors,
          period: resolved.period,
          data: this.store.head(rows),
          seed: setup.seed,
          ...(this.previous === undefined ? {} : { previous: this.previous }),
        },
        (progress) => {
          if (age !== this.age) return;
          newestLoss = progress.loss ?? newestLoss;
          this.lossName = progress.lossName ?? this.lossName;
          this.fit = fitStatus(progress, (ports.now() - begun) / 1000);
          ports.changed();
        },
        resolved.settings.loop.pace === 'strict',
      );
      if (age !== this.age) return;
      this.previous = saved;
      this.fits++;
      this.lastFitAt = at;
      this.trainer = trainer ?? null;
      this.backend = backend ?? null;
      this.fault = '';
      if (newestLoss !== undefined && Number.isFinite(newestLoss)) {
        this.lossAt.push(at);
        this.loss.push(newestLoss);
      }
      ports.install(saved, this.fits, rows);
    } catch (error) {
      if (age !== this.age) return;
      ports.failed();
      if (error instanceof FitCancelled) return ports.notice('note', 'The fit was called off. The model before it stays in use.');
      this.fault = error instanceof Error ? error.message : String(error);
      ports.notice('warning', `A fit failed: ${this.fault} The model before it stays in use.`);
    } finally {
      if (age === this.age) {
        this.fitting = false;
        this.fit = undefined;
        ports.changed();
      }
    }
  }
}

function fitStatus(progress: FitProgress, elapsed: number): FitStatus {
  const { phase, done, total, unit } = progress;
  return {
    phase,
    done,
    total,
    unit,
    secondsLeft: done > 0 && total > 0 ? (elapsed * (total - done)) / done : null,
    loss: progress.loss ?? null,
  };
}
