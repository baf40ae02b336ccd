import { streamKey } from '../math/random';
import type { DynamicsModel } from '../models/model';
import type { Plant, PlantInstance } from '../plants/plant';
import type { TaskCost } from '../tasks/task';
import type { Drawing } from './drawing';

/**
 * Many imagined futures at once, from one state. A job may be evaluated in slices and on several threads: the result
 * of a candidate depends on nothing but its own row.
 */
export interface RolloutJob {
  /** [n], the state from which all candidates start. */
  readonly state: Float64Array;
  /** The action under way before the first one, action units; for the cost of changes. */
  readonly previousAction: number;
  /** [count × horizon], action units; rows of candidates that are to be drawn may hold anything. */
  readonly actions: Float64Array;
  /** Says which candidates are to be drawn, and how; none when absent. */
  readonly drawing?: Drawing | undefined;
  readonly horizon: number;
  /** Candidates from … to − 1 of this job. */
  readonly from: number;
  readonly to: number;
  /**
   * Whether the search is coarse yet, so that a few particles do: as many as the propagation says, others in each population.
   * Of all particles when absent.
   */
  readonly early?: boolean;
  /**
   * The only particle to go through, 0 … particles of this job − 1; all of them, and their mean, when absent. What candidates
   * and particles cost is independent of each other, so the two may be handed out in any portions.
   */
  readonly particle?: number;
  /**
   * [count], receives the cost of a candidate: its mean over particles, Infinity where a future diverged; of one particle
   * as it comes, when only that is asked for.
   */
  readonly costs: Float64Array;
  /** [count × (horizon + 1) × 2] x, y of the tip in metres when wanted: the path of particle (candidate mod particles). */
  readonly tips?: Float32Array | undefined;
  /** Names the random streams of this population: a 32-bit key, signed or not; 0 when absent. */
  readonly stream?: number;
}
/** How the futures of a candidate go through a model that has several members or states its noise. */
export interface Propagation {
  /**
   * Which member a particle goes through: its own to the end (TS∞ of PETS, one particle for each member), one drawn anew
   * at each step and the same for all candidates (TS1), or the mean of all members (one particle).
   */
  readonly members: 'toTheEnd' | 'eachStep' | 'mean';
  /** Particles of a candidate for `eachStep`. */
  readonly particles: number;
  /** Whether each step adds the noise that the model states, drawn for each particle and candidate. */
  readonly noise: boolean;
  /** Particles of a candidate in early populations; all of them when absent or 0. */
  readonly early?: number;
}
export const meanThroughMembers: Propagation = { members: 'toTheEnd', particles: 1, noise: false };

/** Particles that a candidate is made of. */
export const particlesOf = (propagation: Propagation, members: number): number =>
  propagation.members === 'toTheEnd' ? members : propagation.members === 'mean' ? 1 : propagation.particles;
/** Particles that a candidate is made of in a job. */
export function particlesIn({ early }: Pick<RolloutJob, 'early'>, { early: few = 0 }: Propagation, particles: number): number {
  return early === true && few > 0 ? Math.min(few, particles) : particles;
}
/** Which of all particles the first, second, … of a job is: where few of them are used, each population begins at another one. */
export const particleOf = (
  job: Pick<RolloutJob, 'early' | 'stream'>,
  which: number,
  propagation: Propagation,
  particles: number,
): number => (particlesIn(job, propagation, particles) < particles ? (((job.stream ?? 0) >>> 0) + which) % particles : which);
/** The member that a particle goes through at a step; −1 is the mean of all. */
export function memberAt(propagation: Propagation, members: number, stream: number, particle: number, step: number): number {
  if (propagation.members === 'toTheEnd') return particle;
  return propagation.members === 'mean' ? -1 : (streamKey(stream >>> 0, particle, step, MEMBER_STREAM) >>> 0) % members;
}
/** Key of the noise of one particle; never 0, because 0 means none. */
export const noiseKey = (stream: number, particle: number): number => streamKey(stream >>> 0, particle, 0, NOISE_STREAM) | 1;
const MEMBER_STREAM = 0x6d656d;
const NOISE_STREAM = 0x6e6f69;

/**
 * Costs of the first `count` candidates from those of their particles. Summed in the order of the particles; what is not
 * finite becomes Infinity before anyone sorts, so that a diverged future is never an elite.
 * @param ofParticles  for each particle: [count]
 * @param from         where in `costs` the first one stands
 */
export function meanOverParticles(
  ofParticles: readonly Float64Array[],
  particles: number,
  count: number,
  costs: Float64Array,
  from = 0,
): void {
  // summed where they belong: a number that waits in a variable would be put on the heap, one for each candidate
  costs.fill(0, from, from + count);
  for (let p = 0; p < particles; p++) {
    const ofOne = ofParticles[p];
    for (let i = 0; i < count; i++) costs[from + i] += ofOne[i] / particles;
  }
  for (let i = from; i < from + count; i++) if (costs[i] - costs[i] !== 0) costs[i] = Infinity;
}
export interface RolloutSubject {
  readonly plant: Plant;
  readonly instance: PlantInstance;
  readonly model: DynamicsModel;
  readonly cost: TaskCost;
  /** `meanThroughMembers` when absent. */
  readonly propagation?: Propagation;
}
/** An engine that is ready to roll out futures of one subject. */
export interface Rollouts {
  /** Which engine it is, for people; with the reason where it is not the one that was wanted. */
  readonly label: string;
  /** Whether compiled kernels do it. */
  readonly compiled: boolean;
  /** The model of the subject, to 32 bits and by the kernel where there is one for single steps; for who draws, between two jobs. */
  readonly model: DynamicsModel;
  /** Particles of a candidate, all of them; those of a job; and candidates that are best handed out together. */
  readonly particles: number;
  particlesIn(job: Pick<RolloutJob, 'early'>): number;
  readonly portion: number;
  evaluate(job: RolloutJob): void;
}
export interface RolloutEngine {
  readonly label: string;
  create(subject: RolloutSubject): Rollouts;
}
