import { bases } from '../../shared/controllers/controller';
import type { SmoothedTransition } from '../../shared/estimators/estimator';
import type { StepRecord } from './loop';
import type { Telemetry } from '../../shared/contract/contract';
import type { TransitionBlock } from '../../shared/contract/controlMessages';

/** Rows that one batch holds; at 100 Hz a batch of 33 ms has 4, at 10x speed 40. */
const CAPACITY = 512;

/** Collects periods until they are sent. Filling it allocates nothing; a full batch is sent by its owner before the next row. */
export class TelemetryBatch {
  private count = 0;
  private episode = 0;
  private firstStep = 0;
  private readonly times = new Float64Array(CAPACITY);
  private readonly states: Float64Array;
  private readonly truths: Float64Array;
  private readonly chosen = new Float64Array(CAPACITY);
  private readonly commands = new Float64Array(CAPACITY);
  private readonly applied = new Float64Array(CAPACITY);
  private readonly costs: Float64Array;
  private readonly planMs = new Float64Array(CAPACITY);
  private readonly latenessMs = new Float64Array(CAPACITY);
  private readonly basis = new Uint8Array(CAPACITY);
  private finished = 0;
  private readonly fromStates: Float64Array;
  private readonly actions = new Float64Array(CAPACITY);
  private readonly nexts: Float64Array;

  constructor(
    private readonly size: number,
    private readonly terms: number,
  ) {
    this.states = new Float64Array(CAPACITY * size);
    this.truths = new Float64Array(CAPACITY * size);
    this.costs = new Float64Array(CAPACITY * terms);
    this.fromStates = new Float64Array(CAPACITY * size);
    this.nexts = new Float64Array(CAPACITY * size);
  }
  get isFull(): boolean {
    return this.count === CAPACITY || this.finished === CAPACITY;
  }
  get isEmpty(): boolean {
    return this.count === 0 && this.finished === 0;
  }

  add(record: StepRecord, episode: number, planMs: number, latenessMs: number): void {
    const i = this.count++;
    if (i === 0) {
      this.episode = episode;
      this.firstStep = record.step;
    }
    this.times[i] = record.time;
    this.states.set(record.state, i * this.size);
    this.truths.set(record.truth, i * this.size);
    this.chosen[i] = record.chosen;
    this.commands[i] = record.command;
    this.applied[i] = record.applied;
    this.costs.set(record.costs, i * this.terms);
    this.planMs[i] = planMs;
    this.latenessMs[i] = latenessMs;
    this.basis[i] = bases.indexOf(record.basis);
  }
  addTransition({ state, action, next }: SmoothedTransition): void {
    const i = this.finished++;
    this.fromStates.set(state, i * this.size);
    this.actions[i] = action;
    this.nexts.set(next, i * this.size);
  }

  /** What was collected, copied; the batch is empty afterwards. */
  take(): { readonly block: Telemetry; readonly transitions: TransitionBlock } {
    const { count, finished, size, terms } = this;
    const block: Telemetry = {
      episode: this.episode,
      firstStep: this.firstStep,
      count,
      times: this.times.slice(0, count),
      states: this.states.slice(0, count * size),
      truths: this.truths.slice(0, count * size),
      chosen: this.chosen.slice(0, count),
      commands: this.commands.slice(0, count),
      applied: this.applied.slice(0, count),
      costs: this.costs.slice(0, count * terms),
      planMs: this.planMs.slice(0, count),
      latenessMs: this.latenessMs.slice(0, count),
      basis: this.basis.slice(0, count),
    };
    const transitions: TransitionBlock = {
      count: finished,
      states: this.fromStates.slice(0, finished * size),
      actions: this.actions.slice(0, finished),
      nexts: this.nexts.slice(0, finished * size),
    };
    this.count = 0;
    this.finished = 0;
    return { block, transitions };
  }
}
