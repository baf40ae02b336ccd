import { join } from 'node:path';
import type { Events, EventName, LearningState, Notice, Snapshot, Status, WorkbenchApi } from '../../shared/contract/contract';
import { serve, type ServedClient } from '../../shared/contract/rpc';
import type { Transport } from '../../shared/contract/transport';
import type { SettingValues } from '../../shared/settings';
import { builtInSetups, defaultSetup } from '../../shared/setups/builtIn';
import { resolveSetup, settingOf, withValues, type ResolvedSetup, type Room } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import type { ControlStatus, FromControl, ToControl } from '../../shared/contract/controlMessages';
import { leftPartsIn } from '../storage/episodeFiles';
import { moveData } from '../storage/moveData';
import { thisMachine, Tunings } from '../storage/tunings';
import type { ControlChild } from './children';
import { Controls } from './controls';
import { catalog, describeSettings, describeSetup } from './describe';
import { Learning } from './learning';
import { LearnerClient } from './learnerClient';
import { LibraryService } from './library';
import { basisOf, SetupService } from './setups';
import { statusOf } from './status';
import { TelemetryHistory } from './telemetryHistory';
import type { Workbench, WorkbenchPorts } from './workbenchPorts';

const HISTORY_ROWS = 1200;
const PING_MS = 100;
/** A client that answers no ping for so long loses the controls. */
const SILENT_MS = 750;
const LEARNING_MS = 150;
/** A control process that answers nothing for so long is killed. A rig gets 500 ms; a simulation more, because a busy machine may stall. */
const HANGING_MS = 2_000;
/** How much later silence begins to count for a process that has just been started: on a busy machine that takes seconds. */
const STARTING_MS = 15_000;
/** How long children may take to leave when asked. */
const LEAVE_MS = 3000;

interface Client {
  readonly served: ServedClient;
  heardAt: number;
  credits: number;
}

/** Starts the workbench: one setup on one simulated rig, learning as soon as it is up. It does not know who started it. */
export function createWorkbench(ports: WorkbenchPorts): Workbench {
  return new WorkbenchService(ports);
}

class WorkbenchService implements Workbench {
  private readonly clients = new Map<Transport, Client>();
  private readonly controls = new Controls(() => crypto.randomUUID());
  private readonly history = new TelemetryHistory(HISTORY_ROWS);
  private readonly notices: Notice[] = [];
  private readonly learner: LearnerClient;
  private tunings: Tunings;
  /** Folder of the user's data. */
  private home: string;
  private isMoving = false;
  private readonly library: LibraryService;
  private readonly setups: SetupService;
  private readonly startedAt: number;
  private base: Setup = defaultSetup;
  private setup: Setup = defaultSetup;
  private resolved: ResolvedSetup = resolveSetup(defaultSetup);
  private pending: SettingValues = {};
  private learning: Learning;
  private control: ControlChild | undefined;
  private controlHeardAt = 0;
  private controlStatus: ControlStatus | undefined;
  private recording: Status['recording'] = null;
  /** Answers to `configure` still to come: until then the control process speaks of the setup before. */
  private configuring = 0;
  private model: { readonly fit: number; readonly rows: number } | undefined;
  private state: Status['state'] = 'STARTING';
  private reason = '';
  private closing = false;
  private speed = 1;
  private learningToldAt = 0;
  private learningTimer: NodeJS.Timeout | undefined;
  private pingNumber = 0;
  private pingedAt = 0;
  private readonly pingTimer: NodeJS.Timeout;
  /** Raised by everything that begins anew; what was asked for before it has no effect any more. */
  private age = 0;

  constructor(private readonly ports: WorkbenchPorts) {
    this.startedAt = this.pingedAt = ports.now();
    if (ports.setup !== undefined) {
      this.base = this.setup = ports.setup;
      this.resolved = resolveSetup(ports.setup);
    }
    this.home = ports.home;
    this.tunings = this.tuningsHere();
    this.library = new LibraryService(
      ports,
      join(this.home, 'recordings'),
      () => this.openRecording,
      () => this.tellRecordings(),
      (work) => this.announce('recordingWork', work),
    );
    this.setups = new SetupService({
      folder: this.folderOfSetups,
      desktop: ports.desktop,
      now: () => withValues(this.setup, this.pending),
      changed: (folder) => this.announce('setups', { folder }),
    });
    this.learner = new LearnerClient({ spawnLearner: () => ports.spawnLearner(), ...(ports.backend && { wish: ports.backend }) });
    this.learning = this.newLearning();
    this.forkControl();
    void this.tellLeftParts();
    this.pingTimer = setInterval(() => this.everyPing(), PING_MS);
    void this.startOver();
  }

  // ── doors ──

  join(transport: Transport): void {
    const client: Client = { served: serve(transport, this.apiFor(transport)), heardAt: this.ports.now(), credits: 0 };
    this.clients.set(transport, client);
    client.served.onPong(() => void (client.heardAt = this.ports.now()));
    transport.onClose(() => {
      this.clients.delete(transport);
      this.controls.drop(transport);
      this.tellControls();
    });
    this.tellControls();
  }

  stop(reason: string): void {
    this.toControl({ kind: 'stop', reason });
    this.age++;
    if (this.state === 'RUNNING' || this.state === 'PAUSED' || this.state === 'STARTING') this.enter('STOPPED', reason);
  }

  async close(): Promise<void> {
    if (this.closing) return;
    this.stop('The workbench is closing.');
    this.closing = true;
    clearInterval(this.pingTimer);
    clearTimeout(this.learningTimer);
    this.learning.abandon();
    const { control } = this;
    await Promise.all([
      this.library.close(),
      this.learner.close(),
      control === undefined ? undefined : leave(control),
      this.tunings.written,
      this.setups.written,
    ]);
    for (const transport of this.clients.keys()) transport.close();
  }

  // ── what clients may ask ──

  private apiFor(transport: Transport): WorkbenchApi {
    const held = (lease: string) => this.controls.check(transport, lease);
    return {
      snapshot: () => Promise.resolve(this.snapshotFor(transport)),
      takeControls: ({ take }) => {
        const lease = this.controls.ask(transport, take);
        this.tellControls();
        return Promise.resolve(lease === undefined ? { heldByOther: true } : { lease });
      },
      releaseControls: async ({ lease }) => {
        held(lease);
        this.controls.drop(transport);
        this.tellControls();
      },
      stop: async ({ reason }) => this.stop(reason),
      start: async ({ lease }) => {
        held(lease);
        if (this.state === 'PAUSED') return this.pause(false);
        if (this.state === 'RUNNING') return;
        await this.nextEpisode();
      },
      pause: async ({ lease, paused }) => {
        held(lease);
        this.pause(paused);
      },
      reset: async ({ lease, pose }) => {
        held(lease);
        await this.nextEpisode(this.poseOf(pose));
      },
      changeSettings: async ({ lease, values }) => {
        held(lease);
        this.changeSettings(values);
      },
      resetSettings: async ({ lease, ids }) => {
        held(lease);
        const wanted = ids ?? this.sections.flatMap(({ settings }) => settings.map(({ id }) => id));
        this.changeSettings(this.defaultsWhereChanged(wanted));
      },
      chooseSetup: async ({ lease, setup: name, ...parts }) => {
        held(lease);
        await this.choose(name, parts);
      },
      setSpeed: async ({ lease, speed }) => {
        held(lease);
        this.speed = speed;
        this.toControl({ kind: 'speed', speed });
      },
      push: async ({ lease, force, torque, seconds }) => {
        held(lease);
        this.toControl({ kind: 'push', force, torque, seconds });
      },
      forget: async ({ lease }) => {
        held(lease);
        await this.startOver();
      },
      cancelFit: async ({ lease }) => {
        held(lease);
        this.learning.cancelFit();
      },
      planCredit: async ({ credits }) => {
        const client = this.clients.get(transport);
        if (client === undefined) return;
        client.credits = Math.min(4, client.credits + credits);
        this.toControl({ kind: 'credit', frames: credits });
      },
      loadRecordedSetup: async ({ lease, name }) => {
        held(lease);
        const setup = await this.library.setupOf(name);
        held(lease); // it may have been lost meanwhile
        await this.begin(basisOf(setup), setup);
      },
      loadSetup: async ({ lease, name }) => {
        held(lease);
        const setup = await this.setups.read(name);
        held(lease); // it may have been lost meanwhile
        await this.begin(basisOf(setup), setup);
      },
      moveData: async ({ lease, to }) => {
        held(lease);
        await this.moveTo(to);
        return { folder: this.home };
      },
      ...this.library.calls,
      ...this.setups.calls,
    };
  }

  private poseOf(pose: 'hanging' | 'upright' | readonly number[]): readonly number[] {
    const { plant, instance } = this.resolved;
    if (pose === 'hanging') return Array.from(plant.hanging());
    if (pose === 'upright') return new Array<number>(instance.size).fill(0);
    if (pose.length !== instance.size)
      throw new RangeError(
        `A pose of the ${plant.label} has ${instance.size} numbers (${plant.channels.map((c) => c.id).join(', ')}); ${pose.length} came.`,
      );
    pose.forEach((value, i) => {
      const [low, high] = instance.stateLimits[i]!;
      if (value < low || value > high)
        throw new RangeError(`${plant.channels[i]!.label} ${value} ${plant.channels[i]!.unit} is outside ${low} … ${high}.`);
    });
    return pose;
  }

  private changeSettings(values: Readonly<Record<string, unknown>>): void {
    // all of them are checked before one is changed
    withValues(this.setup, values);
    const live: Record<string, unknown> = {};
    const later: Record<string, SettingValues[string]> = { ...this.pending };
    for (const [id, value] of Object.entries(values)) {
      const { applies, label } = settingOf(this.resolved.schemas, id);
      if (typeof applies === 'object') throw new Error(`${label} (${id}) cannot be changed now. ${applies.locked}`);
      if (applies === 'live' || !this.isActive) {
        live[id] = value;
        delete later[id];
      } else later[id] = value as SettingValues[string];
    }
    this.pending = later;
    this.setup = withValues(this.setup, live);
    this.resolved = resolveSetup(this.setup);
    this.learning.adopt(this.resolved);
    if (this.isActive) this.toControl({ kind: 'settings', setup: this.setup });
    this.tellSettings();
  }

  /** The defaults of the setup for those of `ids` that are not at them. @throws SettingError for an id that does not exist */
  private defaultsWhereChanged(ids: readonly string[]): Record<string, SettingValues[string]> {
    const defaults = resolveSetup(this.base);
    const changed: Record<string, SettingValues[string]> = {};
    for (const id of ids) {
      const byDefault = valueAt(defaults, id) ?? settingOf(this.resolved.schemas, id).default;
      if (Object.hasOwn(this.pending, id) || String(valueAt(this.resolved, id)) !== String(byDefault)) changed[id] = byDefault;
    }
    return changed;
  }

  private async choose(name: string | undefined, parts: Readonly<Partial<Setup>>): Promise<void> {
    const given = Object.fromEntries(Object.entries(parts).filter(([, id]) => id !== undefined)) as Partial<Setup>;
    if (name !== undefined && !Object.hasOwn(builtInSetups, name))
      throw new RangeError(`There is no setup "${name}". Known: ${Object.keys(builtInSetups).join(', ')}.`);
    const base = { ...(name === undefined ? this.base : builtInSetups[name]!), ...given };
    await this.begin(base, { ...base, values: name === undefined ? this.setup.values : base.values });
  }
  /** @param base  what "default" means for its settings */
  private async begin(base: Setup, setup: Setup): Promise<void> {
    resolveSetup(setup); // refuses before anything is stopped
    this.base = base;
    this.setup = setup;
    await this.startOver();
  }

  // ── the life of a run ──

  /** Forgets what was learnt and begins again with the setup as it is. */
  private async startOver(): Promise<void> {
    this.learning.abandon();
    this.setup = withValues(this.setup, this.pending);
    this.pending = {};
    this.resolved = resolveSetup(this.setup);
    this.learning = this.newLearning();
    this.model = undefined;
    this.history.clear();
    this.configureControl();
    this.tellSetup();
    const { age } = this;
    await this.learning.begin();
    if (age === this.age) await this.nextEpisode();
  }
  private newLearning(): Learning {
    return new Learning(this.resolved, {
      learner: this.learner,
      now: this.ports.now,
      changed: () => this.learningChanged(),
      notice: (level, text) => this.notice(level, text),
      failed: () => this.toControl({ kind: 'goOn' }),
      install: (model, fit, rows) => {
        this.model = { fit, rows };
        this.toControl({ kind: 'model', model, label: this.resolved.model.label, fit });
      },
    });
  }
  private async nextEpisode(pose?: readonly number[]): Promise<void> {
    if (this.isMoving) throw new Error('The data folder is being moved. Start again when it is there.');
    const age = ++this.age;
    this.settlePending();
    const next = await this.learning.nextEpisode();
    if (age !== this.age || this.closing) return;
    if (next === undefined)
      return this.enter('STOPPED', `${this.resolved.algorithm.label} is done. Start again with "Forget and learn again".`);
    this.toControl({ kind: 'episode', setup: this.setup, index: next.index, plan: next.plan, pose, ...this.record });
    if (next.plan.fitFirst && this.learning.model === undefined) this.toControl({ kind: 'goOn' }); // the fit failed: none will come
    this.toControl({ kind: 'speed', speed: this.speed });
    this.enter('RUNNING', '');
  }
  /** Recordings that a crash or a power cut left in the middle. */
  private async tellLeftParts(): Promise<void> {
    const count = (await leftPartsIn(this.library.folder)).length;
    if (count === 0) return;
    const [are, them] = count === 1 ? ['recording was', 'it'] : ['recordings were', 'them'];
    this.notice('note', `${count} ${are} left in the middle, as by a crash. The screen Recordings makes ${them} whole.`);
  }
  private tuningsHere(): Tunings {
    return new Tunings(join(this.home, 'tuning.json'), thisMachine(this.ports.version));
  }
  private readonly folderOfSetups = (): string => {
    if (this.isMoving) throw new Error('The data folder is being moved. Ask again when it is there.');
    return join(this.home, 'setups');
  };
  private async moveTo(to: string): Promise<void> {
    if (this.isMoving) throw new Error('The data folder is being moved already.');
    const stands = this.state === 'STOPPED' || this.state === 'FAULT';
    if (!stands || this.openRecording !== undefined) throw new Error('The data folder moves while nothing runs. Stop the run first.');
    this.isMoving = true;
    try {
      await Promise.all([this.tunings.written, this.setups.written]);
      await this.library.whileClosed(async () => {
        await moveData(this.home, to);
        this.home = to;
        return join(to, 'recordings');
      });
      this.tunings = this.tuningsHere();
    } finally {
      this.isMoving = false;
    }
  }
  private tellRecordings(): void {
    this.announce('recordings', { folder: this.library.folder });
  }
  /** The part file that is being written now. */
  private get openRecording(): string | undefined {
    return this.recording?.isOpen === true ? this.recording.file : undefined;
  }
  /** Told with the next status. */
  private takeRecording(recording: NonNullable<Status['recording']>): void {
    const before = this.recording;
    this.recording = recording;
    if (before?.file !== recording.file || before.isOpen !== recording.isOpen) this.tellRecordings();
  }
  private get record(): Pick<Extract<ToControl, { kind: 'episode' }>, 'record'> {
    if (this.resolved.settings.loop.record === 'nothing') return {};
    return { record: { folder: this.library.folder, software: this.ports.version, startedAt: new Date().toISOString() } };
  }
  /** What waited for the next episode applies now. */
  private settlePending(): void {
    if (Object.keys(this.pending).length === 0) return;
    this.setup = withValues(this.setup, this.pending);
    this.pending = {};
    this.resolved = resolveSetup(this.setup);
    this.learning.adopt(this.resolved);
    this.tellSetup();
  }
  private pause(paused: boolean): void {
    if (this.state !== 'RUNNING' && this.state !== 'PAUSED') return;
    this.toControl({ kind: 'pause', paused });
    this.enter(paused ? 'PAUSED' : 'RUNNING', '');
  }
  private get isActive(): boolean {
    return this.state === 'RUNNING' || this.state === 'PAUSED';
  }
  private enter(state: Status['state'], reason: string): void {
    this.state = state;
    this.reason = reason;
    this.announce('status', this.status);
  }

  // ── the control process ──

  private forkControl(): void {
    const child = this.ports.forkControl();
    this.control = child;
    this.configuring = 0;
    this.controlHeardAt = this.ports.now() + STARTING_MS;
    child.onMessage((message) => {
      if (this.control === child) this.fromControl(message as FromControl);
    });
    child.onExit((how) => {
      if (this.control !== child) return;
      this.control = undefined;
      this.controlStatus = undefined;
      this.recording = null;
      this.tellRecordings();
      if (this.closing) return;
      this.age++;
      this.learning.abandon();
      this.notice('fault', `The control process ${how}. The command is zero; a new one was started and waits for Start.`);
      this.enter('FAULT', `The control process ${how}.`);
      this.forkControl();
      this.configureControl();
      this.restoreModel();
      const credits = Math.max(0, ...Array.from(this.clients.values(), (client) => client.credits));
      if (credits > 0) this.toControl({ kind: 'credit', frames: credits }); // else clients wait for a picture, and it for their credit
    });
  }
  private configureControl(): void {
    if (this.control === undefined) return;
    this.configuring++;
    this.controlStatus = undefined;
    this.toControl({ kind: 'configure', setup: this.setup, tuned: this.tunings.known });
  }
  /** A new control process learns what the old one knew. */
  private restoreModel(): void {
    const saved = this.learning.model;
    if (saved !== undefined && this.model !== undefined)
      this.toControl({ kind: 'model', model: saved, label: this.resolved.model.label, fit: this.model.fit });
  }
  private toControl(message: ToControl): void {
    this.control?.send(message);
  }
  private fromControl(message: FromControl): void {
    this.controlHeardAt = this.ports.now();
    if (message.kind === 'configured') {
      this.configuring--;
      return;
    }
    if (message.kind === 'tuned') return void this.tunings.remember(message.tuned);
    if (message.kind === 'recording') return this.takeRecording(message.recording);
    if (this.configuring > 0 && message.kind !== 'notice') return; // the last words of another setup are no data of this one
    switch (message.kind) {
      case 'telemetry': {
        const { block, transitions } = message;
        let cost = 0;
        for (let i = 0; i < block.count; i++)
          if (block.firstStep + i > 0) for (let t = 0; t < this.terms; t++) cost += block.costs[i * this.terms + t]!;
        this.learning.take(transitions, block.episode, block.count > 0 ? block.times[block.count - 1]! : 0, cost);
        this.history.add(block);
        return this.announce('telemetry', block);
      }
      case 'plan':
        return this.announcePlan(message.frame);
      case 'status':
        this.controlStatus = message.status;
        this.learning.seeUpright(message.status.uprightFor);
        return this.announce('status', this.status);
      case 'ended':
        this.learning.ended(message);
        if (message.trip === 'stopped') return;
        if (message.trip !== 'time')
          this.notice('note', `Episode ${message.episode + 1} ended after ${message.seconds.toFixed(2)} s: ${message.how}`);
        if (this.isActive) void this.nextEpisode();
        return;
      case 'halted':
        return this.stop(message.reason);
      case 'notice':
        return this.notice(message.level, message.text);
      case 'hello':
      case 'alive':
        return;
    }
  }
  private get terms(): number {
    return this.resolved.cost.terms.length;
  }

  // ── what clients hear ──

  private announce<E extends EventName>(name: E, event: Events[E]): void {
    for (const { served } of this.clients.values()) served.announce(name, event);
  }
  private announcePlan(frame: Uint8Array): void {
    for (const client of this.clients.values()) {
      if (client.credits <= 0) continue; // newest wins: who has not drawn the last ones gets none
      client.credits--;
      client.served.announce('plan', { frame });
    }
  }
  private learningChanged(): void {
    const wait = this.learningToldAt + LEARNING_MS - this.ports.now();
    if (wait <= 0) {
      this.learningToldAt = this.ports.now();
      return this.announce('learning', this.learning.state);
    }
    this.learningTimer ??= setTimeout(() => {
      this.learningTimer = undefined;
      if (!this.closing) this.learningChanged();
    }, wait);
  }
  private tellControls(): void {
    for (const [transport, { served }] of this.clients)
      served.announce('controls', { clients: this.clients.size, mine: this.controls.isHolder(transport), held: this.controls.isHeld });
  }
  private tellSettings(): void {
    const values: Record<string, SettingValues[string]> = {};
    for (const { settings } of this.sections) for (const { id, value } of settings) values[id] = value;
    this.announce('settings', { values, pending: this.pending });
  }
  private tellSetup(): void {
    this.announce('setup', { setup: describeSetup(this.resolved), settings: this.sections });
    this.announce('learning', this.learning.state);
  }
  private get sections() {
    return describeSettings(this.resolved, resolveSetup(this.base), this.pending);
  }
  private notice(level: Notice['level'], text: string): void {
    const notice = { level, text, at: (this.ports.now() - this.startedAt) / 1000 };
    this.notices.push(notice);
    if (this.notices.length > 50) this.notices.shift();
    this.announce('notice', notice);
  }
  private snapshotFor(transport: Transport): Snapshot {
    return {
      version: this.ports.version,
      catalog: catalog(),
      setup: describeSetup(this.resolved),
      settings: this.sections,
      status: this.status,
      learning: this.learning.state satisfies LearningState,
      controls: { clients: this.clients.size, mine: this.controls.isHolder(transport), held: this.controls.isHeld },
      history: this.history.all,
      notices: this.notices.slice(),
    };
  }
  private get status(): Status {
    const { state, reason, speed, resolved, controlStatus: control, model, recording } = this;
    return statusOf({ state, reason, speed, resolved, control, model, recording });
  }

  // ── who is alive ──

  /** What was not heard while this process itself was held up (suspended, swapped out) is nobody's silence. */
  private forgiveOwnAbsence(now: number): void {
    const away = now - this.pingedAt - PING_MS;
    this.pingedAt = now;
    if (away < 4 * PING_MS) return;
    this.controlHeardAt += away;
    for (const client of this.clients.values()) client.heardAt += away;
  }
  private everyPing(): void {
    const now = this.ports.now();
    this.forgiveOwnAbsence(now);
    this.pingNumber++;
    this.toControl({ kind: 'alive' });
    if (this.control !== undefined && this.isActive && now - this.controlHeardAt > HANGING_MS) this.control.kill();
    for (const [transport, client] of this.clients) {
      client.served.ping(this.pingNumber);
      if (now - client.heardAt <= SILENT_MS || !this.controls.drop(transport)) continue;
      this.notice('note', 'The client that held the controls fell silent and lost them; the simulation goes on.');
      this.tellControls();
    }
  }
}

/** undefined where the setup has no such setting. */
const valueAt = ({ settings }: ResolvedSetup, id: string): SettingValues[string] | undefined => {
  const dot = id.indexOf('.');
  const room = id.slice(0, dot);
  const key = id.slice(dot + 1);
  if (!Object.hasOwn(settings, room) || !Object.hasOwn(settings[room as Room], key)) return undefined;
  return settings[room as Room][key];
};

/** Asks a child to leave and waits; kills it when it does not. */
function leave(child: ControlChild): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(() => child.kill(), LEAVE_MS);
    child.onExit(() => {
      clearTimeout(timer);
      done();
    });
    child.send({ kind: 'leave' } satisfies ToControl);
  });
}
