import type { Basis, ControllerInstance, Decision, ExecutablePlan, Moment } from '../../shared/controllers/controller';
import type { EstimatorInstance, Measurement, SmoothedTransition } from '../../shared/estimators/estimator';
import type { Rig } from '../rigs/rig';
import type { CompiledCost } from '../../shared/tasks/cost';
import { CommandGate, type GateVerdict } from './gate';
import type { Interlock, Trip } from './interlock';

/** One control period as it happened. The loop reuses the record: copy what is kept. */
export interface StepRecord {
  step: number;
  /** Seconds of the episode at which the state was measured. */
  time: number;
  readonly state: Float64Array;
  /** The true state of a simulated rig; NaN otherwise. */
  readonly truth: Float64Array;
  /** What the controller chose, what the gate sent, and what acted in the period that ended at `time`. Action units. */
  chosen: number;
  command: number;
  applied: number;
  basis: Basis;
  /** Periods; −1 without a plan. */
  planAge: number;
  verdict: GateVerdict;
  /** [labels] stage cost of arriving here under `applied`. */
  readonly costs: Float64Array;
  rigTime: number;
  hostTime: number;
}
export interface LoopParts {
  readonly rig: Rig;
  readonly estimator: EstimatorInstance;
  readonly controller: ControllerInstance;
  readonly gate: CommandGate;
  readonly interlock: Interlock;
  readonly cost: CompiledCost;
  readonly period: number;
  readonly size: number;
}

/**
 * The life of one control period, without a clock of its own: `sense` takes a measurement in and says what is known,
 * `act` decides, passes the gate and sends. Whoever holds the loop lets time pass in between: a stepped clock in tests,
 * batches and learning, a paced one in real time. Same measurements and plans, same commands, bit for bit.
 */
export class ControlLoop {
  readonly record: StepRecord;
  private readonly queue: Float64Array;
  private readonly moment: { -readonly [K in keyof Moment]: Moment[K] };
  private previousApplied = 0;

  constructor(private parts: LoopParts) {
    const n = parts.size;
    this.queue = new Float64Array(parts.rig.commandsUnderWay);
    this.record = {
      step: 0,
      time: 0,
      state: new Float64Array(n),
      truth: new Float64Array(n).fill(NaN),
      chosen: 0,
      command: 0,
      applied: 0,
      basis: 'zero',
      planAge: -1,
      verdict: 'passed',
      costs: new Float64Array(parts.cost.labels.length),
      rigTime: 0,
      hostTime: 0,
    };
    this.moment = { step: 0, time: 0, state: parts.estimator.state, queue: this.queue, plan: undefined, hasModel: false, explore: false };
  }

  /** Swaps the controller or the cost between two periods. */
  replace(parts: Partial<Pick<LoopParts, 'controller' | 'cost'>>): void {
    this.parts = { ...this.parts, ...parts };
  }

  /** Begins an episode: the rig goes to its start and is read once. */
  start(state: Float64Array | undefined, episode: number): Measurement {
    this.queue.fill(0);
    this.previousApplied = 0;
    this.parts.estimator.reset();
    this.parts.controller.reset(episode);
    return this.parts.rig.start(state);
  }

  /** Takes a measurement in. @returns why the episode must end, or undefined */
  sense(measurement: Measurement, known: { readonly hasModel: boolean; readonly explore: boolean }): Trip | undefined {
    const { estimator, cost, rig, period } = this.parts;
    const { record, moment } = this;
    const trip = this.parts.interlock.check(measurement);
    if (trip?.kind !== 'notFinite') estimator.update(measurement);
    record.step = measurement.step;
    record.time = Math.round(measurement.step * period * 1e9) / 1e9; // without the dust of binary fractions
    record.rigTime = measurement.rigTime;
    record.hostTime = measurement.hostTime;
    record.applied = measurement.applied;
    record.state.set(estimator.state);
    if (rig.truth !== undefined) record.truth.set(rig.truth);
    cost.stageTerms(record.state, measurement.applied, this.previousApplied, record.costs);
    this.previousApplied = measurement.applied;
    moment.step = record.step;
    moment.time = record.time;
    moment.hasModel = known.hasModel;
    moment.explore = known.explore;
    return trip;
  }

  get wantsPlan(): boolean {
    return this.parts.controller.wantsPlan(this.moment);
  }
  /** The estimate at the newest measurement. */
  get state(): Float64Array {
    return this.parts.estimator.state;
  }
  /** Commands under way, oldest first: what a plan asked for now must be carried through. */
  get commandsUnderWay(): Float64Array {
    return this.queue;
  }
  /** The transition that the newest measurement finished smoothing. */
  get finished(): SmoothedTransition | undefined {
    return this.parts.estimator.finished;
  }

  /**
   * Decides and sends.
   * @param plan     newest plan that has come in
   * @param allowed  false sends zero, whatever the controller wants
   */
  act(plan: ExecutablePlan | undefined, allowed: boolean): StepRecord {
    const { controller, gate, rig } = this.parts;
    const { record, moment, queue } = this;
    moment.plan = plan;
    const decision: Decision = allowed ? controller.act(moment) : { action: 0, basis: 'zero', planAge: -1 };
    record.chosen = decision.action;
    record.basis = decision.basis;
    record.planAge = decision.planAge;
    record.command = gate.pass(decision.action, allowed);
    record.verdict = gate.verdict;
    rig.send(record.step, record.command);
    if (queue.length > 0) {
      queue.copyWithin(0, 1);
      queue[queue.length - 1] = record.command;
    }
    return record;
  }
}
