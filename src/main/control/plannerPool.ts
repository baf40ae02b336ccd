import type { Worker } from 'node:worker_threads';
import type { KernelChoice } from '../../shared/rollouts/kernels/source';
import type { DynamicsModel } from '../../shared/models/model';
import { meanOverParticles, type Rollouts, type RolloutSubject } from '../../shared/rollouts/rollouts';
import type { PopulationEvaluator, PopulationJob } from '../../shared/planners/planSearch';
import { allocateMemory, deskFor, takeItems, viewsOf, Word, type EvaluatorMemory, type MemoryViews } from './evaluatorMemory';
import { loadSubject, rolloutsOf, type PoolEngine, type SubjectMessage } from './subject';

/** What the leader posts to an evaluator thread; read there when the generation has risen. */
export type EvaluatorMessage =
  | { readonly kind: 'memory'; readonly memory: EvaluatorMemory }
  | { readonly kind: 'bank'; readonly bank: SharedArrayBuffer }
  | { readonly kind: 'subject'; readonly subject: SubjectMessage; readonly choice: KernelChoice | undefined };

const SPINS = 2_000;
/** Longest that a helper may take over its last chunk before it counts as dead. */
const PATIENCE_MS = 2_000;

/**
 * Evaluates populations on this thread and on helper threads below it, over shared memory. Synchronous for the planner;
 * results do not depend on the number of threads, because a candidate's cost depends on its own row alone.
 */
export class PlannerPool implements PopulationEvaluator {
  private memory: EvaluatorMemory = allocateMemory({ count: 512, horizon: 32, particles: 1 });
  private readonly desk = deskFor(viewsOf(this.memory));
  private helpers: Worker[] = [];
  private rollouts: Rollouts | undefined;
  /** The noise bank that candidates were drawn from last, and the copy that all threads read. */
  private bank: { readonly of: Float64Array; readonly shared: Float64Array } | undefined;
  /** It takes jobs whose candidates are to be drawn. */
  readonly draws = true;
  /** Why helpers were given up, or empty. */
  fault = '';

  /**
   * @param threads         in all, this one included
   * @param spawnEvaluator  starts `evaluator.js` as a worker thread
   * @param engine          the kernels to roll out with; the plain reference when absent
   */
  constructor(
    threads: number,
    spawnEvaluator: () => Worker,
    private readonly engine?: PoolEngine,
  ) {
    for (let i = 1; i < threads; i++) {
      const helper = spawnEvaluator();
      helper.unref();
      helper.on('error', (error) => this.giveUp(`a planner thread failed: ${error.message}`));
      this.helpers.push(helper);
    }
    this.tell({ kind: 'memory', memory: this.memory });
  }
  get threads(): number {
    return this.helpers.length + 1;
  }

  /**
   * New model or cost: used from the next evaluation on, by every thread; helpers make it ready at once, beside whatever
   * this thread does. @returns the subject as loaded on this thread
   */
  setSubject(message: SubjectMessage): RolloutSubject {
    const subject = loadSubject(message);
    const { engine } = this;
    const choice = engine?.choiceFor(subject);
    this.rollouts = rolloutsOf(subject, engine && choice && { kernels: engine.kernels, choice });
    this.tell({ kind: 'subject', subject: message, choice });
    this.wake(this.desk.views.control);
    return subject;
  }
  /** The model of the subject, as fast as what rolls out evaluates it; between two evaluations. */
  get drawnModel(): DynamicsModel | undefined {
    return this.rollouts?.model;
  }
  /** What rolls out, for people; with the reason where it is not what was wanted. Empty before there is a model. */
  get label(): string {
    return this.rollouts?.label ?? '';
  }
  /** Whether kernels roll out; the reference does where none takes the model. */
  get compiled(): boolean {
    return this.rollouts?.compiled === true;
  }

  evaluate(job: PopulationJob): void {
    const { state, previousAction, horizon, count, costs, tips, stream, early = false } = job;
    const { rollouts } = this;
    if (rollouts === undefined) throw new Error('There is no model to roll out through.');
    const { particles } = rollouts;
    this.makeRoom(count, horizon, particles);
    const { desk } = this;
    const { views } = desk;
    views.state.set(state);
    views.previousAction[0] = previousAction;
    const { control } = views;
    const bank = this.hand(job);
    control[Word.count] = count;
    control[Word.horizon] = horizon;
    control[Word.wantsTips] = tips === undefined ? 0 : 1;
    control[Word.size] = state.length;
    control[Word.stream] = stream ?? 0;
    control[Word.early] = early ? 1 : 0;
    Atomics.store(control, Word.done, 0);
    Atomics.store(control, Word.nextItem, 0);
    Atomics.add(control, Word.job, 1);
    this.wake(control);
    takeItems(desk, rollouts, bank);
    if (!this.awaitHelpers(control)) {
      this.giveUp('a planner thread did not answer');
      Atomics.store(desk.views.control, Word.nextItem, 0);
      takeItems(desk, rollouts, bank); // all of it once more, alone: a half-written row is never used
    }
    meanOverParticles(desk.views.costs, rollouts.particlesIn(job), count, costs);
    tips?.set(desk.views.tips.subarray(0, count * (horizon + 1) * 2));
  }

  /** Actions that are given, and what the others are drawn from. @returns the noise bank, where any are drawn */
  private hand({ actions, horizon, count, drawing }: PopulationJob): Float64Array | undefined {
    const { views } = this.desk;
    const { control } = views;
    const from = drawing?.from ?? 0;
    const to = drawing?.to ?? 0;
    control[Word.drawFrom] = from;
    control[Word.drawTo] = to;
    const given = views.actions;
    for (let i = 0; i < from * horizon; i++) given[i] = actions[i]!;
    for (let i = to * horizon; i < count * horizon; i++) given[i] = actions[i]!;
    if (drawing === undefined) return undefined;
    control[Word.drawFamily] = drawing.family;
    views.limit[0] = drawing.limit;
    views.mean.set(drawing.mean);
    views.spread.set(drawing.spread);
    if (this.bank?.of !== drawing.bank) {
      const shared = new Float64Array(new SharedArrayBuffer(drawing.bank.byteLength));
      shared.set(drawing.bank);
      this.bank = { of: drawing.bank, shared };
      this.tell({ kind: 'bank', bank: shared.buffer });
    }
    return this.bank.shared;
  }

  async close(): Promise<void> {
    const helpers = this.helpers;
    this.helpers = [];
    await Promise.all(helpers.map((helper) => helper.terminate()));
  }

  private awaitHelpers(control: Int32Array): boolean {
    const wanted = this.helpers.length;
    for (let spin = 0; spin < SPINS; spin++)
      if (Atomics.load(control, Word.done) >= wanted) return Atomics.load(control, Word.failed) === 0;
    for (;;) {
      const done = Atomics.load(control, Word.done);
      if (done >= wanted) return Atomics.load(control, Word.failed) === 0;
      if (Atomics.wait(control, Word.done, done, PATIENCE_MS) === 'timed-out') return false;
    }
  }
  private makeRoom(count: number, horizon: number, particles: number): void {
    const { capacity } = this.memory;
    if (count <= capacity.count && horizon <= capacity.horizon && particles <= capacity.particles) return;
    const old = this.desk.views.control;
    this.memory = allocateMemory({
      count: Math.max(count, capacity.count),
      horizon: Math.max(horizon, capacity.horizon),
      particles: Math.max(particles, capacity.particles),
    });
    this.desk.views = viewsOf(this.memory);
    this.desk.views.control.set(old);
    this.tell({ kind: 'memory', memory: this.memory });
    this.wake(old); // where they wait; they find the new memory in their port
  }
  /** Helpers look into their port, and whether there is a job. */
  private wake(control: Int32Array): void {
    Atomics.add(control, Word.generation, 1);
    if (this.helpers.length > 0) Atomics.notify(control, Word.generation);
  }
  private tell(message: EvaluatorMessage): void {
    for (const helper of this.helpers) helper.postMessage(message);
  }
  private giveUp(reason: string): void {
    if (this.helpers.length === 0) return;
    this.fault = `Planning goes on with one thread: ${reason}.`;
    for (const helper of this.helpers) void helper.terminate();
    this.helpers = [];
    // threads that were cut off may still hold the memory
    this.memory = allocateMemory(this.memory.capacity);
    this.desk.views = filledLike(this.desk.views, viewsOf(this.memory));
  }
}

function filledLike(old: MemoryViews, fresh: MemoryViews): MemoryViews {
  fresh.control.set(old.control);
  fresh.state.set(old.state);
  fresh.previousAction.set(old.previousAction);
  fresh.limit.set(old.limit);
  fresh.mean.set(old.mean);
  fresh.spread.set(old.spread);
  fresh.actions.set(old.actions);
  return fresh;
}
