import type { SettingsOf, SettingsSchema } from '../settings';

/** How the next episode is to be driven. */
export interface EpisodePlan {
  /** Seconds from the episode's start during which the actions are random; Infinity for a whole random episode. */
  readonly randomSeconds: number;
  readonly replan: 'everyPeriod' | 'once';
  readonly seconds: number;
  /** A fit on everything so far must be finished before it begins. */
  readonly fitFirst: boolean;
}
/** What an algorithm is told when it decides. */
export interface LearningMoment {
  /** Seconds on the rig since learning began. */
  readonly experience: number;
  /** Seconds since the last fit was begun; Infinity before the first. */
  readonly sinceFit: number;
  /** Transitions collected. */
  readonly rows: number;
}
export interface AlgorithmInstance {
  /** The next episode, or undefined when the algorithm is done. */
  nextEpisode(index: number, experience: number): EpisodePlan | undefined;
  /** Whether to begin a fit at this period of a running episode. */
  wantsFit(moment: LearningMoment): boolean;
}
/** How belief changes: what data is collected when, and when the model is fitted. */
export interface LearningAlgorithm<S extends SettingsSchema = SettingsSchema> {
  readonly label: string;
  readonly source: string;
  readonly settings: S;
  create(settings: SettingsOf<S>): AlgorithmInstance;
}
export const defineAlgorithm = <const S extends SettingsSchema>(algorithm: LearningAlgorithm<S>): LearningAlgorithm =>
  algorithm as unknown as LearningAlgorithm;
