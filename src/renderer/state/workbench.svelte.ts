import type {
  Catalog,
  ControlsState,
  LearningState,
  Notice,
  RecordingCalls,
  RecordingWork,
  SettingsSection,
  SetupDescription,
  Snapshot,
  Status,
  WorkbenchApi,
} from '../../shared/contract/contract';
import type { WorkbenchClient } from '../../shared/contract/rpc';
import { decodePlanFrame, type PlanFrame } from '../../shared/episodes/planFrame';
import type { Plant, PlantInstance } from '../../shared/plants/plant';
import type { SettingValue, SettingValues } from '../../shared/settings';
import type { Link, Loss } from '../link/openWorkbench';
import { Asking } from './asking';
import { BASIS, History } from './history';
import { plantOf } from './plantOf';
import { PoseClock } from './poseClock';
import type { RecordingDoor } from './recordings.svelte';

export interface ShownNotice extends Notice {
  readonly id: number;
}
/** What the strip and the fan's caption say of the newest plan. */
export interface PlanFigures {
  readonly rollouts: number;
  readonly horizon: number;
  readonly seconds: number;
  readonly worst: number;
  readonly best: number;
}
type Commands = Omit<WorkbenchApi, 'snapshot' | 'stop' | 'takeControls' | 'planCredit' | keyof RecordingCalls | keyof SetupCalls>;
/** Calls about saved setups, which need no controls. */
export type SetupCalls = Pick<WorkbenchApi, 'savedSetups' | 'saveSetup' | 'trashSetup' | 'compareSetup'>;
type WithoutLease<P> = Omit<P, 'lease'>;

const NOTICES_KEPT = 30;

/**
 * The workbench as this page knows it, and the only writer of it: what came in by the link, and the commands that go
 * out. Slow things are runes; telemetry and plans are plain and are read on animation frames.
 */
export class Workbench implements RecordingDoor {
  phase = $state<'joining' | 'joined' | 'lost'>('joining');
  loss = $state.raw<(Loss & { readonly at: number }) | undefined>(undefined);
  version = $state('');
  catalog = $state.raw<Catalog | undefined>(undefined);
  setup = $state.raw<SetupDescription | undefined>(undefined);
  sections = $state.raw<readonly SettingsSection[]>([]);
  /** Values as the loop confirmed them, and those that wait for the next episode, by dotted id. */
  values = $state.raw<SettingValues>({});
  pending = $state.raw<SettingValues>({});
  /** Values that this page asked for and that nobody has confirmed yet. */
  wanted = $state.raw<SettingValues>({});
  status = $state.raw<Status | undefined>(undefined);
  learning = $state.raw<LearningState | undefined>(undefined);
  controls = $state.raw<ControlsState | undefined>(undefined);
  notices = $state.raw<readonly ShownNotice[]>([]);
  /** Figures of the newest plan, refreshed a few times a second. */
  planFigures = $state.raw<PlanFigures | undefined>(undefined);
  /** Grows when the folder of saved setups may be another than before. */
  setupsAge = $state(0);
  /** Grows when history or plant are other objects than before. */
  epoch = $state(0);

  history = new History(1, 1, 0.05, 16);
  readonly pose = new PoseClock();
  plant: Plant | undefined;
  instance: PlantInstance | undefined;
  /** The newest plan frame, and where on the history's axis it begins. */
  plan: PlanFrame | undefined;
  planAt = 0;
  planVersion = 0;

  private client: WorkbenchClient | undefined;
  private lease: string | undefined;
  private creditOwed = false;
  private noticeId = 0;
  private recordingsChanged: () => void = () => {};
  private recordingWork: (work: RecordingWork | null) => void = () => {};
  private lastKick = -1;
  private readonly asking: Asking;
  private figuresAt = -Infinity;

  constructor(
    private readonly link: Link,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.asking = new Asking(
      now,
      (id) => this.sendWanted(id),
      (id) => this.unwant([id]),
    );
    link.onOpen((client) => void this.join(client));
    link.onLoss((loss) => {
      this.phase = 'lost';
      this.loss = { ...loss, at: this.now() };
      this.client = undefined;
      this.recordingWork(null); // how it ends is not heard any more
      this.lease = undefined;
      this.wanted = {};
    });
  }

  /** Whether a loop runs, so that Space and Esc are Stop. */
  get loopRuns(): boolean {
    const state = this.status?.state;
    return this.phase === 'joined' && (state === 'RUNNING' || state === 'PAUSED' || state === 'STARTING');
  }
  get mayCommand(): boolean {
    return this.phase === 'joined' && this.controls?.mine === true;
  }
  /** Whether the actions come from a plan now; the scene is grey when they do not. */
  get planApplied(): boolean {
    const at = this.history.newest;
    if (at < 0 || this.plan === undefined) return false;
    const state = this.status?.state;
    return (state === 'RUNNING' || state === 'PAUSED') && this.history.bases[at] <= BASIS.olderPlan;
  }
  /** The task's target of the cart, if it has one: dotted id of the setting. */
  get targetId(): string | undefined {
    if (this.setup?.channels.some(({ id }) => id === 'position') !== true) return undefined; // nothing that could stand somewhere
    return this.sections.find(({ room }) => room === 'task')?.settings.find(({ id }) => id === 'task.target')?.id;
  }
  /** Limits of the channel that the target belongs to. */
  get targetRange(): readonly [number, number] | undefined {
    const { setup } = this;
    const at = setup?.channels.findIndex(({ id }) => id === 'position') ?? -1;
    const limits = at < 0 ? undefined : setup?.stateLimits[at];
    return this.targetId === undefined || at < 0 ? undefined : (limits ?? [-1, 1]);
  }
  get target(): number {
    return this.targetId === undefined ? 0 : Number(this.valueOf(this.targetId) ?? 0);
  }
  /** What a form shows: what was asked for, else what waits, else what holds. */
  valueOf(id: string): SettingValue | undefined {
    return this.wanted[id] ?? this.pending[id] ?? this.values[id];
  }
  isPending(id: string): boolean {
    return Object.hasOwn(this.wanted, id) || Object.hasOwn(this.pending, id);
  }

  // ── commands ──

  /** Command zero now. Open to everyone who has joined; needs no lease. */
  stop(reason: string): void {
    const failed = (why: string) => this.note('fault', `Stop did not reach the workbench: ${why} Use the switch of the rig.`);
    if (this.client === undefined) failed('there is no connection.');
    else void this.client.stop({ reason }).catch((error: unknown) => failed(error instanceof Error ? error.message : String(error)));
  }
  start = () => this.command('start', {});
  setPaused = (paused: boolean) => this.command('pause', { paused });
  reset = (pose: 'hanging' | 'upright' | number[]) => this.command('reset', { pose });
  setSpeed = (speed: number) => this.command('setSpeed', { speed });
  chooseSetup = (choice: WithoutLease<Parameters<Commands['chooseSetup']>[0]>) => this.command('chooseSetup', choice);
  cancelFit = () => this.command('cancelFit', {});
  resetSettings = (ids?: string[]) => this.command('resetSettings', ids === undefined ? {} : { ids });
  forget = () => this.command('forget', {});
  moveData = (to: string) => this.command('moveData', { to });
  loadSetup = (name: string) => this.command('loadSetup', { name });
  loadRecordedSetup = (name: string) => this.command('loadRecordedSetup', { name });

  push(push: { readonly force: number; readonly torque: number; readonly seconds: number }): void {
    const within = (value: number, most: number) => Math.max(-most, Math.min(most, value));
    void this.command('push', { force: within(push.force, 100), torque: within(push.torque, 20), seconds: push.seconds });
  }
  /** A knock on the pole, about as strong on every plant; the side alternates. */
  kick(): void {
    const { instance, plant, history } = this;
    if (instance === undefined || plant === undefined || history.count === 0 || !this.loopRuns) return;
    this.lastKick = -this.lastKick;
    const seconds = 0.1;
    const torque = (KICK_RATE * this.lastKick) / (this.turningGain() * seconds);
    this.push({ force: 0, torque, seconds });
    history.mark('push', 'kick');
  }
  /** Angular acceleration of the pendulum for each N m of torque on it, 1/(kg m²), where it is now. */
  turningGain(): number {
    const { instance, plant, history } = this;
    if (instance === undefined || plant === undefined || history.newest < 0) return 1;
    const angle = plant.structure.coordinates.find(({ position }) => plant.channels[position].wraps === true);
    if (angle === undefined) return 1;
    const state = history.states.slice(history.newest * history.size, (history.newest + 1) * history.size);
    const change = new Float64Array(history.size);
    instance.addPush?.(state, 0, 1, change);
    return Math.max(1e-6, Math.abs(change[angle.rate]));
  }
  moveTarget(to: number): void {
    const { targetId, targetRange } = this;
    if (targetId === undefined || targetRange === undefined) return;
    const [low, high] = targetRange;
    this.change(targetId, Math.max(low * 0.9, Math.min(high * 0.9, Math.round(to * 100) / 100)));
  }

  /** Asks for a value; shown at once, sent at most 20 times a second, the last one always. */
  change(id: string, value: SettingValue): void {
    if (!this.mayCommand) return;
    this.wanted = { ...this.wanted, [id]: value };
    this.asking.ask(id);
  }
  private sendWanted(id: string): void {
    const value = this.wanted[id];
    if (value === undefined) return;
    void this.command('changeSettings', { values: { [id]: value as Exclude<SettingValue, readonly number[]> } }).then((done) => {
      if (!done) this.unwant([id]);
    });
  }

  async takeControls(take: boolean): Promise<void> {
    const { client } = this;
    if (client === undefined) return;
    try {
      const answer = await client.takeControls({ take });
      if (client !== this.client) return;
      this.lease = 'lease' in answer ? answer.lease : undefined;
    } catch (error) {
      this.complain(error);
    }
  }
  /** Calls about recordings, which need no controls; undefined while there is no connection. */
  get recordings(): RecordingCalls | undefined {
    return this.client;
  }
  /** Calls about saved setups, which need no controls; undefined while there is no connection. */
  get setups(): SetupCalls | undefined {
    return this.client;
  }
  onRecordingsChanged(listener: () => void): void {
    this.recordingsChanged = listener;
  }
  onRecordingWork(listener: (work: RecordingWork | null) => void): void {
    this.recordingWork = listener;
  }
  retry = () => this.link.retry();
  dismissNotice = (id: number) => void (this.notices = this.notices.filter((notice) => notice.id !== id));
  note(level: Notice['level'], text: string): void {
    this.notices = [...this.notices, { level, text, at: this.now() / 1000, id: ++this.noticeId }].slice(-NOTICES_KEPT);
  }

  /** Called after every drawn frame: gives the credit of a plan that was taken back to the workbench. */
  frameDrawn(): void {
    if (!this.creditOwed) return;
    this.creditOwed = false;
    void this.client?.planCredit({ credits: 1 }).catch(() => undefined);
  }

  // ── what comes in ──

  private async join(client: WorkbenchClient): Promise<void> {
    this.client = client;
    let adopted = false;
    const whenJoined =
      <E>(listen: (event: E) => void) =>
      (event: E) => {
        if (adopted && client === this.client) listen(event);
      };
    client.on(
      'telemetry',
      whenJoined((batch) => this.takeTelemetry(batch)),
    );
    client.on(
      'plan',
      whenJoined(({ frame }) => this.takePlan(frame)),
    );
    client.on(
      'status',
      whenJoined((status) => this.takeStatus(status)),
    );
    client.on(
      'learning',
      whenJoined((learning) => this.takeLearning(learning)),
    );
    client.on(
      'setup',
      whenJoined(({ setup, settings }) => this.adoptSetup(setup, settings)),
    );
    client.on(
      'settings',
      whenJoined(({ values, pending }) => this.takeValues(values, pending)),
    );
    client.on(
      'controls',
      whenJoined((controls) => this.takeControlsState(controls)),
    );
    client.on(
      'recordings',
      whenJoined(() => this.recordingsChanged()),
    );
    client.on(
      'recordingWork',
      whenJoined((work) => this.recordingWork(work)),
    );
    client.on(
      'setups',
      whenJoined(() => void this.setupsAge++),
    );
    client.on(
      'notice',
      whenJoined((notice) => void (this.notices = [...this.notices, { ...notice, id: ++this.noticeId }].slice(-NOTICES_KEPT))),
    );
    try {
      const snapshot = await client.snapshot();
      if (client !== this.client) return;
      adopted = true;
      this.link.answered();
      this.adopt(snapshot);
      void client.planCredit({ credits: 2 }).catch(() => undefined);
      await this.takeControls(false);
    } catch {
      // the link says why and tries again
    }
  }
  private adopt(snapshot: Snapshot): void {
    this.version = snapshot.version;
    this.catalog = snapshot.catalog;
    this.status = snapshot.status;
    this.learning = snapshot.learning;
    this.controls = snapshot.controls;
    // what was said before this page came is old news, but for faults
    this.notices = snapshot.notices
      .filter(({ level }) => level === 'fault')
      .slice(-1)
      .map((notice) => ({ ...notice, id: ++this.noticeId }));
    this.adoptSetup(snapshot.setup, snapshot.settings);
    for (const batch of snapshot.history) this.history.add(batch, this.now());
    this.pose.jump(this.history);
    this.setupsAge++;
    this.phase = 'joined';
    this.loss = undefined;
  }
  private adoptSetup(setup: SetupDescription, sections: readonly SettingsSection[]): void {
    const before = this.setup;
    const values: Record<string, SettingValue> = {};
    const pending: Record<string, SettingValue> = {};
    for (const { settings } of sections)
      for (const entry of settings) {
        values[entry.id] = entry.value;
        if (entry.pending !== undefined) pending[entry.id] = entry.pending;
      }
    this.setup = setup;
    this.sections = sections;
    this.values = values;
    this.pending = pending;
    this.wanted = {};
    this.makeInstance();
    const same =
      before !== undefined &&
      before.plant.id === setup.plant.id &&
      before.period === setup.period &&
      before.costTerms.length === setup.costTerms.length;
    if (!same || this.phase !== 'joined') this.clearPast(setup);
    else this.epoch++;
  }
  private makeInstance(): void {
    const { setup, values } = this;
    const known = setup === undefined ? undefined : plantOf(setup.plant.id, values);
    this.plant = known?.plant;
    this.instance = known?.instance;
  }
  private takeStatus(status: Status): void {
    // whoever starts again has read why it stood; what it says is over
    if (this.status?.state === 'FAULT' && status.state !== 'FAULT') this.notices = this.notices.filter(({ level }) => level !== 'fault');
    this.status = status;
  }
  private takeTelemetry(batch: Parameters<History['add']>[0]): void {
    const { history } = this;
    const episodeBefore = history.newest < 0 ? -1 : history.episodes[history.newest];
    history.add(batch, this.now());
    this.pose.follow(history);
    if (history.newest >= 0 && history.episodes[history.newest] !== episodeBefore) {
      this.plan = undefined; // a plan belongs to its episode
      this.planVersion++;
    }
  }
  private takeLearning(learning: LearningState): void {
    const begun = this.learning !== undefined && learning.experienceSeconds < this.learning.experienceSeconds - 0.5;
    this.learning = learning;
    if (begun && this.setup !== undefined) this.clearPast(this.setup); // what was learnt is forgotten; episodes count from the first again
  }
  private clearPast(setup: SetupDescription): void {
    this.history = new History(setup.channels.length, setup.costTerms.length, setup.period);
    this.plan = undefined;
    this.planFigures = undefined;
    this.planVersion++;
    this.epoch++;
  }
  private takePlan(bytes: Uint8Array): void {
    this.creditOwed = true;
    const frame = decodePlanFrame(bytes);
    const { history } = this;
    if (frame.size !== history.size || history.newest < 0) return;
    const at = history.newest;
    // a frame that crossed a reset on its way would lie far from now
    if (Math.abs(frame.time - history.times[at]) > 2 + 4 * frame.period) return;
    this.plan = frame;
    this.planAt = history.xs[at] + (frame.time - history.times[at]);
    this.planVersion++;
    const best = frame.costs[frame.rollouts - 1] ?? frame.cost;
    const before = this.planFigures;
    if (before === undefined || this.now() - this.figuresAt > 250) {
      this.figuresAt = this.now();
      this.planFigures = {
        rollouts: frame.rollouts,
        horizon: frame.horizon,
        seconds: frame.horizon * frame.period,
        worst: frame.costs[0] ?? frame.cost,
        best,
      };
    }
  }
  private takeValues(values: SettingValues, pending: SettingValues): void {
    const before = this.target;
    this.values = { ...this.values, ...values };
    this.pending = pending;
    const settled = Object.keys(this.wanted).filter(
      (id) => sameValue(values[id], this.wanted[id]) || sameValue(pending[id], this.wanted[id]),
    );
    if (settled.length > 0) this.unwant(settled);
    if (Object.keys(values).some((id) => id.startsWith('plant.'))) this.makeInstance();
    if (this.target !== before && this.targetId !== undefined) this.history.mark('target', `target ${this.target.toFixed(2)}`);
  }
  private takeControlsState(controls: ControlsState): void {
    this.controls = controls;
    if (!controls.mine) this.lease = undefined;
    if (!controls.held) void this.takeControls(false); // nobody holds them: whoever looks may drive
  }
  private unwant(ids: readonly string[]): void {
    const rest = { ...this.wanted };
    for (const id of ids) {
      delete rest[id];
      this.asking.settled(id);
    }
    this.wanted = rest;
  }

  /** Sends a command that needs the controls; what goes wrong is said. @returns whether it was accepted */
  private async command<K extends keyof Commands>(name: K, params: WithoutLease<Parameters<Commands[K]>[0]>): Promise<boolean> {
    const { client } = this;
    if (client === undefined) return false;
    if (this.lease === undefined) {
      this.note('warning', 'Another window holds the controls. Take them first.');
      return false;
    }
    try {
      const call = client[name] as (p: unknown) => Promise<unknown>;
      await call({ ...params, lease: this.lease });
      return true;
    } catch (error) {
      this.complain(error);
      return false;
    }
  }
  private complain(error: unknown): void {
    if (this.phase !== 'joined') return; // the loss itself is on screen
    this.note('warning', error instanceof Error ? error.message : String(error));
  }
}

/** Change of the angular rate by a kick, rad/s: enough to be seen, little enough to be caught. */
const KICK_RATE = 2.5;

function sameValue(a: SettingValue | undefined, b: SettingValue | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((entry, i) => entry === b[i]);
  return a !== undefined && a === b;
}
