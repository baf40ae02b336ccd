import { streamKey } from '../math/random';
import type { DynamicsModel } from '../models/model';
import type { Plant, PlantInstance } from '../plants/plant';
import type { RolloutJob } from '../rollouts/rollouts';
import { beliefBand, BAND_LEVELS } from './beliefBand';
import { FanRecorder, type Fan } from './fanRecorder';
import type { PlannerInstance, PlannerResult, PlannerContext } from './planner';

/** Evaluates populations, on this thread or on several; what it rolls out through is its own business. */
export interface PopulationEvaluator {
  /** Whether it takes a job with a `drawing`. */
  readonly draws?: boolean;
  /** @param job  the caller's, who may change it afterwards */
  evaluate(job: PopulationJob): void;
}
export type PopulationJob = Omit<RolloutJob, 'from' | 'to' | 'particle'> & { readonly count: number };
/** One question to the planner. */
export interface PlanRequest {
  /** Counts plans since the run began; names the random streams. */
  readonly id: number;
  /** Step at whose measurement it is asked. */
  readonly step: number;
  /** [n], the estimate at that step. */
  readonly state: Float64Array;
  /** Commands under way, oldest first, action units: they act before the plan does. */
  readonly queue: Float64Array;
  /** Whether the paths of the search are to be kept for a picture. */
  readonly wantsFan: boolean;
  /** Asked once after each population whether to answer now with the best so far. */
  readonly deadline?: () => boolean;
}
/** What the planner answers. */
export interface SearchedPlan extends PlannerResult {
  readonly id: number;
  /** Step from which `actions` act: step + queue.length. */
  readonly actsFrom: number;
}
/** What the scene and the plots draw of a plan; made after the plan was handed over, because it costs time. */
export interface PlanPicture {
  /** [(horizon + 1) × n], the chosen plan through the mean of the model, from the predicted state on; plant units. */
  readonly states: Float64Array;
  /** [4 × (horizon + 1) × n] quantiles 5, 25, 75, 95 % of the belief about the chosen plan; empty when the model states none. */
  readonly band: Float32Array;
  readonly fan: Fan;
}
export interface PlanSearchParts {
  readonly plant: Plant;
  readonly instance: PlantInstance;
  readonly horizon: number;
  readonly evaluator: PopulationEvaluator;
  /** Searches for one plan, each beginning where the last one ended; 1 when absent. A plan that is never made again deserves several. */
  readonly searches?: number;
  /** Seed of the streams that members and noise are drawn from; 0 when absent. */
  readonly seed?: number;
  createPlanner(context: Pick<PlannerContext, 'imagination'>): PlannerInstance;
}

const POPULATION_STREAM = 0x706f70;
/** Plan numbers of further searches, far from those of other plans. */
const SEARCH_STREAMS = 0x1000000;

/**
 * Plans from where the plant will be when the plan can act: the model carries the estimate through the commands that
 * are under way, then the planner searches from there. The same object serves a planner thread in real time and a
 * stepped run in a test.
 */
export class PlanSearch {
  private model: DynamicsModel | undefined;
  /** The same, less exact and faster, for pictures. */
  private drawnModel: DynamicsModel | undefined;
  private planner: PlannerInstance;
  private lastActsFrom = 0;
  private readonly start: Float64Array;
  /** [1], the one that the model is carried through. */
  private readonly command = new Float64Array(1);
  private previousAction = 0;
  /** The plan that is searched, and populations evaluated for it so far: they name the streams of the next. */
  private planId = 0;
  private populations = 0;
  private recorder: FanRecorder | undefined;

  constructor(private readonly parts: PlanSearchParts) {
    this.start = new Float64Array(parts.instance.size);
    this.planner = this.makePlanner();
  }

  /** @param drawn  the same model as pictures are made through; a look at it costs a plan nothing */
  setModel(model: DynamicsModel | undefined, drawn = model): void {
    this.model = model;
    this.drawnModel = drawn;
  }
  /** Makes the planner anew (its settings changed) where the old one left off. */
  renewPlanner(): void {
    const warmStart = this.planner.warmStart;
    this.planner = this.makePlanner();
    if (warmStart !== undefined) this.planner.carry?.(warmStart);
  }
  /** Forgets the warm start: a new episode begins. */
  reset(): void {
    this.planner.reset();
    this.lastActsFrom = 0;
  }

  /**
   * Searches for nothing, before the first plan: that one then meets code that the engine has compiled and memory that was
   * touched. Forgets the warm start.
   * @param deadline  as for a plan
   */
  warmUp(deadline: () => boolean): void {
    this.start.set(this.parts.plant.hanging());
    this.planner.plan(0, 0, deadline);
    this.reset();
  }

  /** @throws Error when there is no model */
  plan(request: PlanRequest): SearchedPlan {
    const { model } = this;
    if (model === undefined) throw new Error('There is no model to plan through.');
    const { horizon } = this.parts;
    this.carryThroughQueue(model, request);
    this.planId = request.id;
    this.populations = 0;
    const actsFrom = request.step + request.queue.length;
    const advanced = Math.max(0, actsFrom - this.lastActsFrom);
    this.lastActsFrom = actsFrom;
    const searches = this.parts.searches ?? 1;
    let best: PlannerResult | undefined;
    let evaluations = 0;
    for (let search = 0; search < searches; search++) {
      this.recorder = request.wantsFan && search === searches - 1 ? new FanRecorder(horizon) : undefined;
      const found = this.planner.plan(request.id + search * SEARCH_STREAMS, search === 0 ? advanced : 0, request.deadline);
      evaluations += found.evaluations;
      if (best === undefined || found.cost < best.cost) best = found;
      if (search < searches - 1 && request.deadline?.() === true) break;
    }
    return { ...best!, evaluations, id: request.id, actsFrom };
  }

  /** The picture of the plan just made, if its paths were wanted and there is a plan. */
  picture(plan: SearchedPlan): PlanPicture | undefined {
    const { drawnModel: model, recorder } = this;
    if (model === undefined || recorder === undefined || plan.actions === undefined) return undefined;
    this.recorder = undefined;
    return {
      states: this.follow(model, plan.actions),
      band: beliefBand(model, this.parts.plant, this.start, plan.actions),
      fan: recorder.finish(),
    };
  }

  private makePlanner(): PlannerInstance {
    const { horizon, evaluator } = this.parts;
    const nothing = new Float64Array(0);
    // one for all populations, so that a search leaves nothing to collect
    const job: { -readonly [K in keyof PopulationJob]: PopulationJob[K] } = {
      state: this.start,
      previousAction: 0,
      actions: nothing,
      horizon,
      count: 0,
      costs: nothing,
      stream: 0,
      drawing: undefined,
      early: false,
      tips: undefined,
    };
    return this.parts.createPlanner({
      imagination: {
        draws: evaluator.draws === true,
        evaluate: (actions, count, costs, how) => {
          job.previousAction = this.previousAction;
          job.actions = actions;
          job.count = count;
          job.costs = costs;
          job.stream = streamKey(this.parts.seed ?? 0, this.planId, this.populations++, POPULATION_STREAM);
          job.drawing = how?.drawing;
          job.early = how?.early === true;
          job.tips = this.recorder?.tipsFor(count);
          evaluator.evaluate(job);
          this.recorder?.take(costs, count);
        },
      },
    });
  }
  private carryThroughQueue(model: DynamicsModel, { state, queue }: PlanRequest): void {
    const { start, command } = this;
    for (let c = 0; c < start.length; c++) start[c] = state[c]!;
    for (let k = 0; k < queue.length; k++) {
      command[0] = queue[k]!;
      model.predict(start, command, 1, -1);
    }
    this.previousAction = queue.length > 0 ? queue[queue.length - 1]! : 0;
  }
  private follow(model: DynamicsModel, actions: Float64Array): Float64Array {
    const n = this.start.length;
    const states = new Float64Array((actions.length + 1) * n);
    const current = this.start.slice();
    const action = new Float64Array(1);
    states.set(current);
    for (let t = 0; t < actions.length; t++) {
      action[0] = actions[t]!;
      model.predict(current, action, 1, -1);
      states.set(current, (t + 1) * n);
    }
    return states;
  }
}
export { BAND_LEVELS };
