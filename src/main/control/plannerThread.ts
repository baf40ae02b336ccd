import type { Worker } from 'node:worker_threads';
import { PlanSearch, type SearchedPlan } from '../../shared/planners/planSearch';
import type { KernelSource } from '../../shared/rollouts/kernels/source';
import { resolveSetup, type ResolvedSetup } from '../../shared/setups/resolve';
import { plannerOf } from './assemble';
import { liveEngine, type LiveEngine } from './engines';
import { PlanDeadline } from './planDeadline';
import { planPicture } from './planPicture';
import { PlannerPool } from './plannerPool';
import { PlanSlot } from './planSlot';
import type { FromPlanner, ToPlanner } from './plannerMessages';
import type { SubjectMessage } from './subject';

export interface PlannerThreadPorts {
  post(message: FromPlanner, transfer: ArrayBuffer[]): void;
  spawnEvaluator(): Worker;
  /** The kernels, loaded when first asked for; undefined where the plain reference is to do. */
  readonly kernels?: () => KernelSource;
  /** Milliseconds, monotonic, on the clock of who asks. */
  now(): number;
}

/** So long it takes until the engine has compiled the hot code of kernels and search for good; or so many searches. */
const WARM_UP_MS = 40;
const WARM_UPS = 20;

const newDeadlines = () => [new PlanDeadline(), new PlanDeadline()] as const;

/**
 * The leader of the planner threads: answers one request at a time. The plan goes into the shared slot first, then its
 * picture is made, so that drawing never delays an action.
 */
export class PlannerThread {
  private resolved: ResolvedSetup | undefined;
  private pool: PlannerPool | undefined;
  private search: PlanSearch | undefined;
  private slot: PlanSlot | undefined;
  private subject: SubjectMessage | undefined;
  /** Outlives pools, and with it what was measured for shapes of networks. */
  private engine: LiveEngine | undefined;
  /** What has planned on these threads before: planner and engine. */
  private readonly warmed = new Set<string>();
  /** Of plans without a picture and of those with one, whose paths are kept and take their time. */
  private deadlines = newDeadlines();
  /** Setup, threads and horizon that the deadlines know; another takes another time. */
  private timed = '';
  /** What the last picture took, for which the next plan waits. */
  private pictureMs = 0;

  constructor(private readonly ports: PlannerThreadPorts) {}

  receive(message: ToPlanner): void {
    switch (message.kind) {
      case 'prepare':
        return this.prepare(message);
      case 'configure':
        return this.configure(message);
      case 'settings':
        this.resolved = resolveSetup(message.setup);
        this.forgetTimes();
        if (this.subject !== undefined) this.load({ ...this.subject, cost: message.cost, propagation: this.resolved.propagation });
        return this.search?.renewPlanner();
      case 'model':
        return this.load({
          plant: this.resolved!.setup.plant,
          plantSettings: message.plantSettings,
          model: message.model,
          cost: message.cost,
          propagation: this.resolved!.propagation,
        });
      case 'reset':
        return this.search?.reset();
      case 'plan':
        return this.plan(message);
    }
  }

  private poolOf(threads: number): PlannerPool {
    if (this.pool !== undefined && this.pool.threads !== threads) {
      void this.pool.close();
      this.pool = undefined;
      this.warmed.clear();
    }
    const kernels = this.engine === undefined ? this.ports.kernels?.() : undefined;
    if (kernels !== undefined) this.engine = liveEngine(kernels, this.ports.now, (tuned) => this.ports.post({ kind: 'tuned', tuned }, []));
    return (this.pool ??= new PlannerPool(threads, this.ports.spawnEvaluator, this.engine));
  }
  /** Nobody waits yet: threads start, and the noise of the planner is made. */
  private prepare({ setup, threads, tuned }: Extract<ToPlanner, { kind: 'prepare' }>): void {
    this.poolOf(threads);
    this.engine?.adopt(tuned);
    const resolved = resolveSetup(setup);
    plannerOf(resolved, resolved.horizon, { imagination: { evaluate() {} } });
  }
  private configure({ setup, threads, horizon, searches, slot }: Extract<ToPlanner, { kind: 'configure' }>): void {
    const pool = this.poolOf(threads);
    this.resolved = resolveSetup(setup);
    this.slot = new PlanSlot(slot);
    this.subject = undefined;
    const what = JSON.stringify([setup, threads, horizon]);
    if (what !== this.timed) this.forgetTimes();
    this.timed = what;
    const { plant, instance } = this.resolved;
    this.search = new PlanSearch({
      seed: this.resolved.setup.seed,
      plant,
      instance,
      horizon,
      searches,
      evaluator: pool,
      createPlanner: (context) => plannerOf(this.resolved!, horizon, context),
    });
  }
  private load(subject: SubjectMessage): void {
    const isFirst = this.subject === undefined;
    this.subject = subject;
    this.search!.setModel(this.pool!.setSubject(subject).model, this.pool!.drawnModel);
    if (isFirst) this.warmUp();
  }
  /** Before the first plan is asked for, and once: with the search and the model that will be planned with. */
  private warmUp(): void {
    const { search, pool, resolved, ports } = this;
    const what = `${resolved!.setup.planner}, ${pool!.label}`;
    if (this.warmed.has(what)) return;
    this.warmed.add(what);
    try {
      search!.warmUp(() => true); // one population, for which helpers that still start are awaited
      const from = ports.now();
      const isLate = () => ports.now() - from > WARM_UP_MS;
      for (let times = 0; times < WARM_UPS && !isLate(); times++) search!.warmUp(isLate);
    } catch {
      // what fails here fails for the plan too, which says it
    }
  }

  private forgetTimes(): void {
    this.deadlines = newDeadlines();
    this.pictureMs = 0;
  }
  private plan(request: Extract<ToPlanner, { kind: 'plan' }>): void {
    const { search, slot, pool, ports } = this;
    const deadline = this.deadlines[request.wantsPicture ? 1 : 0];
    try {
      const from = ports.now();
      deadline.begin(from, request.until - from - (request.wantsPicture ? this.pictureMs : 0));
      const plan = search!.plan({ ...request, wantsFan: request.wantsPicture, deadline: () => deadline.isDue(ports.now()) });
      const ms = ports.now() - from;
      if (plan.actions !== undefined) slot!.write({ id: plan.id, actsFrom: plan.actsFrom, actions: plan.actions, cost: plan.cost });
      ports.post(
        {
          kind: 'planned',
          id: plan.id,
          found: plan.actions !== undefined,
          reason: plan.reason ?? '',
          ms,
          evaluations: plan.evaluations,
          threads: pool!.threads,
          engine: pool!.label,
          fault: pool!.fault,
        },
        [],
      );
      if (!request.wantsPicture) return;
      const drawn = ports.now();
      this.postPicture(plan, request, ms);
      this.pictureMs = ports.now() - drawn;
    } catch (error) {
      ports.post({ kind: 'failed', id: request.id, reason: error instanceof Error ? error.message : String(error) }, []);
    }
  }
  private postPicture(plan: SearchedPlan, request: Extract<ToPlanner, { kind: 'plan' }>, ms: number): void {
    const frame = planPicture(this.search!, plan, this.resolved!, ms);
    if (frame !== undefined) this.ports.post({ kind: 'picture', id: request.id, frame }, [frame.buffer as ArrayBuffer]);
  }
}
