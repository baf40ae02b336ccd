import type { EpisodeSink } from '../../shared/episodes/record';
import type { EventKind } from '../../shared/episodes/eventRecord';
import { LastingJudge } from '../../shared/learning/lasting';
import { compileCost } from '../../shared/tasks/cost';
import { episodeHeader } from '../../shared/setups/episodeHeader';
import { resolveSetup, type ResolvedSetup } from '../../shared/setups/resolve';
import type { Setup } from '../../shared/setups/setup';
import type { Measurement } from '../../shared/estimators/estimator';
import type { Rig } from '../rigs/rig';
import { assembleLoop, controllerOf, horizonOf, searchesOf, startOf } from './assemble';
import { EpisodeRecord, pathsOf, TIME_WAS_OVER } from './episodeRecord';
import type { Trip } from './interlock';
import type { ControlLoop } from './loop';
import type { FromControl, ToControl } from '../../shared/contract/controlMessages';
import type { TunedShape } from '../../shared/rollouts/kernels/tuner';
import { PlanSlot } from './planSlot';
import type { FromPlanner, ToPlanner } from './plannerMessages';
import { SpeedMeter } from './speedMeter';
import { TelemetryBatch } from './telemetryBatch';
import { TimingWindow } from './timing';

/** The planner threads as the loop sees them. */
export interface PlannerLink {
  post(message: ToPlanner): void;
  onMessage(listener: (message: FromPlanner) => void): void;
  /** Called when the thread died, with the reason; a new one is behind the link already, not yet configured. */
  onLost(listener: (reason: string) => void): void;
}
export interface LiveRunPorts {
  /** Milliseconds, monotonic, the same for the planner threads. */
  now(): number;
  /** Calls back once, not before `ms` have passed; returns the means to call it off. */
  setTimer(callback: () => void, ms: number): () => void;
  send(message: FromControl): void;
  readonly planner: PlannerLink;
  /** Who takes episodes in that are recorded in this folder. */
  recorderIn?(folder: string): EpisodeSink;
  /** Told whether the loop keeps real time, so that its threads must not wait for others'. */
  keepTime?(strictly: boolean): void;
}

const BATCH_MS = 33;
const STATUS_MS = 250;
/** After so long without an answer the planner counts as lost for this period, even in a patient simulation. */
const PATIENCE_MS = 15_000;
/** A patient simulation waits so long for its first model, from so many periods after the random data on. */
const MODEL_PATIENCE_MS = 120_000;
const AWAIT_AFTER_PERIODS = 2;
/**
 * Between two pictures at a strict pace, and between two that are recorded: a little less than a tenth of a second, so that it
 * is met by every second period of 50 ms.
 */
const PICTURE_MS = 90;
/** A period that begins this much late, as a share of it, is counted late. */
const LATE_SHARE = 0.1;

type Episode = Extract<ToControl, { kind: 'episode' }>;

/**
 * A run in real time: paces the loop, asks the planner threads, hands over what happened. In a patient simulation time
 * stands still while a plan is awaited; at a strict pace the plan before it serves. Stop acts at once and is latched:
 * the command is zero from then on, and the pendulum swings on in sight.
 */
export class LiveRun {
  private readonly latch = { stopped: true, reason: 'Not started yet.' };
  private slot = new PlanSlot();
  private readonly judge = new LastingJudge();
  private readonly lateness = new TimingWindow(2000);
  private readonly planTimes = new TimingWindow(60);
  private resolved: ResolvedSetup | undefined;
  private loop: ControlLoop | undefined;
  private rig: Rig | undefined;
  private batch = new TelemetryBatch(0, 0);
  private episode: Episode | undefined;
  private hasModel = false;
  private lastModel: Extract<ToControl, { kind: 'model' }> | undefined;
  private endedEpisode: Episode | undefined;
  /** The episode's, until it has ended; none when it is not recorded. */
  private record: EpisodeRecord | undefined;
  /** The episode ran to its end and the next one has not begun. */
  private between = false;
  private paused = false;
  private speed = 1;
  private credits = 0;
  /** When the last picture was asked for, and the last one for the recording, ms. */
  private pictured = -Infinity;
  private pictureRecorded = -Infinity;
  /** The plan whose picture is to be recorded. */
  private toRecord = 0;
  private planNumber = 0;
  /** Id of the plan that the current period waits for. */
  private awaited: number | undefined;
  /** Id of the plan that the planner is at; it is asked for one at a time, so that no answer is to an old question. */
  private asked: number | undefined;
  /** Answers of the planner that are still to come and are about what ran before. */
  private outdated = 0;
  /** Whether a picture that comes now is of such an answer. */
  private pictureIsOutdated = false;
  /** A measurement that waits until the first model is there. */
  private held: Measurement | undefined;
  private gaveUpWaiting = false;
  private planMs = NaN;
  private evaluations: number | undefined;
  private threads = 0;
  private engine = '';
  /** Which kernels are known to be fastest here; a new planner thread is told. */
  private tuned: TunedShape[] = [];
  private cost = 0;
  private late = 0;
  private due = 0;
  private periodLateness = 0;
  private cancelTimer: (() => void) | undefined;
  private cancelPatience: (() => void) | undefined;
  private lastBatchAt = 0;
  private lastStatusAt = 0;
  private readonly meter = new SpeedMeter();

  constructor(private readonly ports: LiveRunPorts) {
    ports.planner.onMessage((message) => this.planned(message));
    ports.planner.onLost((reason) => this.plannerLost(reason));
  }

  receive(message: ToControl): void {
    switch (message.kind) {
      case 'stop':
        return this.stop(message.reason);
      case 'configure':
        return this.configure(message);
      case 'settings':
        return this.applyLive(message.setup);
      case 'episode':
        return this.begin(message);
      case 'model':
        return this.takeModel(message);
      case 'goOn':
        this.gaveUpWaiting = true;
        return this.goOn();
      case 'pause':
        return this.pause(message.paused);
      case 'speed':
        this.speed = message.speed;
        this.meter.restart();
        return this.sendStatus();
      case 'push':
        return this.push(message);
      case 'credit':
        this.credits = Math.min(8, this.credits + message.frames);
        return;
      case 'alive':
        return this.ports.send({ kind: 'alive' });
      case 'leave':
        return this.stop('The workbench is closing.');
    }
  }

  /** Command zero from now on; what ran ends with the reason. */
  stop(reason: string): void {
    if (this.latch.stopped && !this.between) return;
    this.record?.event('stop', reason);
    this.endRecord(reason);
    this.between = false;
    this.latch.stopped = true;
    this.latch.reason = reason;
    // an action that waits for its plan must not wait any longer
    if (this.awaited !== undefined) this.decideAndPace();
    this.endEpisode('stopped', reason);
    this.goOn();
    this.sendStatus();
  }

  /** Nothing of the episode is written any more. Where a run must be recorded, it stops. */
  recordingLost(why: string): void {
    const mustBeRecorded = this.resolved?.settings.loop.record === 'required';
    if (!mustBeRecorded || this.record === undefined) return;
    const reason = `It runs only while it is recorded. ${why}`;
    this.stop(reason);
    this.ports.send({ kind: 'halted', reason });
  }

  private configure({ setup, tuned = [] }: Extract<ToControl, { kind: 'configure' }>): void {
    this.stop('Another setup was chosen.');
    this.rest();
    this.resolved = resolveSetup(setup);
    this.loop = undefined;
    this.rig = undefined;
    this.hasModel = false;
    this.lastModel = undefined;
    this.planNumber = 0;
    this.planTimes.clear();
    this.evaluations = undefined;
    this.tuned = [...tuned];
    this.preparePlanner(this.resolved);
    this.ports.send({ kind: 'configured' });
    this.sendStatus();
  }

  private begin(episode: Episode): void {
    this.rest();
    this.endRecord('Another episode began.');
    const resolved = resolveSetup(episode.setup);
    this.resolved = resolved;
    this.episode = episode;
    const { loop, rig } = assembleLoop(resolved, this.latch, this.ports.now, episode.index);
    this.loop = loop;
    this.rig = rig;
    if (resolved.setup.controller === 'mpc') loop.replace({ controller: controllerOf(resolved, { replan: episode.plan.replan }) });
    this.batch = new TelemetryBatch(resolved.instance.size, resolved.cost.terms.length);
    this.slot = new PlanSlot(); // a plan that is still under way for what ran before ends up in the old one
    this.ports.keepTime?.(this.isStrict);
    this.configurePlanner(resolved, episode);
    this.record = this.newRecord(resolved, episode);
    this.judge.reset();
    this.cost = 0;
    this.lateness.clear();
    this.latch.stopped = false;
    this.latch.reason = '';
    const first = loop.start(episode.pose === undefined ? startOf(resolved) : Float64Array.from(episode.pose), episode.index);
    this.due = this.ports.now();
    this.paused = false;
    this.between = false;
    this.beginPeriod(first);
  }

  private preparePlanner({ setup, settings }: ResolvedSetup): void {
    this.ports.planner.post({ kind: 'prepare', setup, threads: settings.loop.threads as number, tuned: this.tuned });
  }
  private configurePlanner(resolved: ResolvedSetup, { plan }: Episode): void {
    this.ports.planner.post({
      kind: 'configure',
      setup: resolved.setup,
      threads: resolved.settings.loop.threads as number,
      horizon: horizonOf(resolved, plan),
      searches: searchesOf(plan),
      slot: this.slot.memory,
    });
    if (this.lastModel !== undefined) this.postModel();
  }
  private takeModel(message: Extract<ToControl, { kind: 'model' }>): void {
    this.lastModel = message;
    this.hasModel = true;
    this.record?.event('model', `Fit ${message.fit} installed: ${message.label}.`);
    if (this.loop !== undefined) this.postModel();
    this.goOn();
  }
  private postModel(): void {
    const { resolved, lastModel } = this;
    this.ports.planner.post({ kind: 'model', model: lastModel!.model, plantSettings: resolved!.settings.plant, cost: resolved!.cost });
  }
  private applyLive(setup: Setup): void {
    const resolved = resolveSetup(setup);
    this.resolved = resolved;
    if (this.loop === undefined) return;
    this.ports.keepTime?.(this.isStrict);
    const replan = this.episode?.plan.replan;
    this.record?.setting(setup, this.awaited === undefined);
    this.loop.replace({
      cost: compileCost(resolved.cost, resolved.plant, resolved.instance),
      ...(resolved.setup.controller === 'mpc' && this.awaited === undefined
        ? { controller: controllerOf(resolved, replan === undefined ? {} : { replan }) }
        : {}),
    });
    this.ports.planner.post({ kind: 'settings', setup, cost: resolved.cost });
  }

  // ── one period ──

  private beginPeriod(measurement: Measurement): void {
    const { loop, resolved, episode, ports } = this;
    if (loop === undefined || resolved === undefined || episode === undefined) return;
    const { period } = resolved;
    if (this.mustAwaitModel(measurement, episode, period)) return this.awaitModel(measurement);
    const started = ports.now();
    this.periodLateness = Math.max(0, started - this.due);
    this.lateness.add(this.periodLateness);
    if (this.periodLateness > (LATE_SHARE * period * 1000) / this.speed && this.isStrict) this.late++;
    const live = !this.latch.stopped;
    const time = measurement.step * period;
    const known = { hasModel: this.hasModel, explore: time < episode.plan.randomSeconds - 1e-9 };
    const trip = loop.sense(measurement, known);
    this.record?.sensed(measurement, loop.record, known);
    if (measurement.step > 0) {
      this.meter.simulated += period;
      if (live) this.account(time);
    }
    this.planMs = NaN;
    if (live && trip !== undefined && trip.kind !== 'stopped') return this.tripped(trip, time);
    if (live && time >= episode.plan.seconds - 1e-9) return this.completed();
    if (live && loop.wantsPlan) this.askForPlan(measurement.step, time);
    if (this.awaited === undefined) return this.decideAndPace();
    if (!this.isStrict) this.cancelPatience = ports.setTimer(() => this.plannerSilent(), PATIENCE_MS);
    // with nothing under way the command must be handed over now; else it may come until the next period begins
    else if (loop.commandsUnderWay.length === 0) this.decideAndPace();
    else this.paceNext();
  }

  /** In a patient simulation the first model is awaited; otherwise random data would go on for as long as the fit takes. */
  private mustAwaitModel({ step }: Measurement, { plan }: Episode, period: number): boolean {
    const needed = this.resolved!.setup.controller === 'mpc' && step * period >= plan.randomSeconds + AWAIT_AFTER_PERIODS * period - 1e-9;
    return needed && !this.hasModel && !this.isStrict && !this.latch.stopped && !this.gaveUpWaiting;
  }
  private awaitModel(measurement: Measurement): void {
    this.held = measurement;
    this.flush(); // the fit begins with what happened so far
    this.sendStatus();
    this.cancelPatience = this.ports.setTimer(() => {
      this.gaveUpWaiting = true;
      this.trouble('warning', 'noModel', `No model came within ${MODEL_PATIENCE_MS / 1000} s; random data goes on.`);
      this.goOn();
    }, MODEL_PATIENCE_MS);
  }
  /** Time, which stood still for the first model, goes on. */
  private goOn(): void {
    const { held } = this;
    if (held === undefined) return;
    this.held = undefined;
    this.cancelPatience?.();
    this.cancelPatience = undefined;
    this.due = this.ports.now();
    this.beginPeriod(held);
  }

  private askForPlan(step: number, time: number): void {
    const { loop, resolved } = this;
    if (this.asked !== undefined) {
      this.awaited = this.asked; // still at the last one: when it comes, its later actions serve
      return;
    }
    this.awaited = this.asked = ++this.planNumber;
    const now = this.ports.now();
    const wantsPicture = this.wantsPicture(now);
    if (wantsPicture) this.pictured = now;
    if (wantsPicture && this.record !== undefined && now - this.pictureRecorded >= PICTURE_MS) {
      this.pictureRecorded = now;
      this.toRecord = this.awaited;
    }
    this.ports.planner.post({
      kind: 'plan',
      id: this.awaited,
      step,
      time,
      state: loop!.state.slice(),
      queue: loop!.commandsUnderWay.slice(),
      wantsPicture,
      until: this.isStrict ? this.due + (0.8 * resolved!.period * 1000) / this.speed : Infinity,
    });
  }

  /** At a strict pace, and for a recording, ten pictures a second are enough: each costs the planner time that the next plan would have. */
  private wantsPicture(now: number): boolean {
    const isDue = now - this.pictured >= PICTURE_MS;
    const forPages = this.credits > 0 && (!this.isStrict || isDue);
    return forPages || (this.record !== undefined && isDue);
  }
  private planned(message: FromPlanner): void {
    if (message.kind === 'tuned') {
      this.tuned.push(message.tuned);
      return this.ports.send(message);
    }
    // the planner answers in the order of the questions, a picture follows its answer
    if (message.kind !== 'picture') {
      this.pictureIsOutdated = this.outdated > 0;
      if (this.outdated > 0) return void this.outdated--;
    }
    switch (message.kind) {
      case 'picture':
        if (this.pictureIsOutdated) return;
        this.record?.fan(message.frame, message.id === this.toRecord);
        if (this.credits === 0) return;
        this.credits--; // not before: plans that fail, or die with their thread, have no picture
        return this.ports.send({ kind: 'plan', frame: message.frame });
      case 'failed':
        this.trouble('fault', 'plannerFailed', `The planner gave no plan: ${message.reason}`);
        break;
      case 'planned':
        this.planTimes.add(message.ms);
        this.threads = message.threads;
        this.engine = message.engine;
        this.evaluations = message.evaluations;
        if (message.fault !== '') this.trouble('warning', 'threadLost', message.fault);
        if (!message.found) this.trouble('warning', 'noPlan', `No plan: ${message.reason}`);
    }
    if (message.id === this.asked) this.asked = undefined;
    if (message.id !== this.awaited) return;
    if (message.kind === 'planned') this.planMs = message.ms;
    this.decideAndPace();
  }

  private decideAndPace(): void {
    this.decide();
    if (this.cancelTimer === undefined) this.paceNext();
  }
  /** Decides, sends, remembers. */
  private decide(): void {
    const { loop, episode } = this;
    if (loop === undefined || episode === undefined) return;
    const missed = this.awaited !== undefined && Number.isNaN(this.planMs);
    const planIsLate = missed && this.isStrict && !this.latch.stopped;
    if (planIsLate) this.late++;
    this.awaited = undefined;
    this.cancelPatience?.();
    this.cancelPatience = undefined;
    const plan = this.slot.take();
    const allowed = !this.latch.stopped;
    const record = loop.act(plan, allowed);
    const how = { allowed, planMs: this.planMs, latenessMs: this.periodLateness, planIsLate };
    this.record?.decided(record, plan, loop.commandsUnderWay.length, how);
    this.batch.add(record, episode.index, this.planMs, this.periodLateness);
    this.flushWhenDue();
  }

  private paceNext(): void {
    if (this.paused) return;
    const { ports, resolved } = this;
    const wait = (resolved!.period * 1000) / this.speed;
    const now = ports.now();
    // missed periods are skipped, not caught up in a burst; in a patient simulation time stood still meanwhile
    this.due = Math.max(this.due + wait, this.isStrict ? now - wait : now);
    this.cancelTimer = ports.setTimer(() => this.tick(), Math.max(0, this.due - now));
  }
  private tick(): void {
    this.cancelTimer = undefined;
    const { rig, loop } = this;
    if (rig === undefined || loop === undefined) return;
    if (this.awaited !== undefined) this.decide(); // strict pace: the plan is late, the one before it serves
    this.beginPeriod(rig.advance());
  }

  private account(time: number): void {
    const { loop, resolved } = this;
    const { record } = loop!;
    for (const term of record.costs) this.cost += term;
    const angle = resolved!.plant.channels.findIndex((channel) => channel.wraps === true);
    this.judge.see(time, record.truth[angle]!);
    if (loop!.finished !== undefined) this.batch.addTransition(loop!.finished);
  }

  // ── endings ──

  private tripped(trip: Trip, time: number): void {
    if (trip.kind !== 'stopped') this.record?.fault(trip.kind, trip.reason);
    this.endRecord(trip.reason);
    this.latch.stopped = true;
    this.latch.reason = trip.reason;
    this.endEpisode(trip.kind, trip.reason, time);
    this.decideAndPace(); // zero
  }
  private completed(): void {
    this.endRecord(TIME_WAS_OVER);
    // the workbench answers with the next episode; until then the command is zero
    this.between = true;
    this.latch.stopped = true;
    this.latch.reason = 'The episode is over.';
    this.decideAndPace();
    this.endEpisode('time', 'time');
  }
  private endEpisode(trip: 'time' | 'stopped' | 'limit' | 'notFinite', how: string, time = this.loop?.record.time ?? 0): void {
    if (this.episode === undefined || this.endedEpisode === this.episode) return;
    this.endedEpisode = this.episode;
    this.flush();
    const uprightFrom = trip === 'time' ? this.judge.lastingFrom : undefined;
    this.ports.send({ kind: 'ended', episode: this.episode.index, seconds: time, cost: this.cost, how, trip, uprightFrom });
  }

  private newRecord(resolved: ResolvedSetup, { record, index, plan }: Episode): EpisodeRecord | undefined {
    if (record === undefined) return undefined;
    const { folder, ...written } = record;
    const sink = this.ports.recorderIn?.(folder);
    return sink && new EpisodeRecord(sink, episodeHeader(resolved, index, plan, written), pathsOf(resolved));
  }
  /** What happens from now on is none of the episode. */
  private endRecord(reason: string): void {
    this.record?.end(reason);
    this.record = undefined;
  }

  private pause(paused: boolean): void {
    if (this.paused === paused) return;
    this.paused = paused;
    this.record?.event(paused ? 'pause' : 'goOn', paused ? 'Paused.' : 'Went on.');
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    if (!paused && this.loop !== undefined && this.awaited === undefined) {
      this.due = this.ports.now();
      this.meter.restart();
      this.paceNext();
    }
    this.sendStatus();
  }
  /** Lets nothing more happen by itself. */
  private rest(): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.cancelPatience?.();
    this.cancelPatience = undefined;
    this.awaited = undefined;
    if (this.asked !== undefined) this.outdated++;
    this.asked = undefined;
    this.held = undefined;
    this.gaveUpWaiting = false;
    this.flush();
    this.episode = undefined;
    this.meter.restart();
  }
  private push({ force, torque, seconds }: Extract<ToControl, { kind: 'push' }>): void {
    if (this.rig === undefined) return;
    const words = [...(force === 0 ? [] : [`${force} N`]), ...(torque === 0 ? [] : [`${torque} N m`])].join(' and ') || 'nothing';
    this.record?.event('push', `Pushed with ${words} for ${seconds} s.`, { force, torque, seconds });
    this.rig.push({ force, torque, seconds });
  }
  /** Said to people, and recorded as a fault. */
  private trouble(level: 'warning' | 'fault', kind: EventKind, text: string): void {
    this.ports.send({ kind: 'notice', level, text });
    this.record?.fault(kind, text);
  }
  private plannerSilent(): void {
    this.trouble('fault', 'plannerSilent', `The planner did not answer for ${PATIENCE_MS / 1000} s; the motion is damped.`);
    this.decideAndPace();
  }
  private plannerLost(reason: string): void {
    this.trouble('fault', 'plannerLost', `The planner thread ended (${reason}) and was started again.`);
    this.asked = undefined;
    this.outdated = 0;
    if (this.resolved !== undefined) this.preparePlanner(this.resolved);
    if (this.episode !== undefined) this.ports.keepTime?.(this.isStrict); // its successor's threads too
    if (this.resolved !== undefined && this.episode !== undefined) this.configurePlanner(this.resolved, this.episode);
    if (this.awaited !== undefined) this.decideAndPace();
  }

  // ── what the workbench hears ──

  private get isStrict(): boolean {
    return this.resolved?.settings.loop.pace === 'strict';
  }
  private flushWhenDue(): void {
    const now = this.ports.now();
    if (this.batch.isFull || now - this.lastBatchAt >= BATCH_MS) this.flush();
    if (now - this.lastStatusAt >= STATUS_MS) this.sendStatus();
  }
  private flush(): void {
    this.lastBatchAt = this.ports.now();
    if (!this.batch.isEmpty) this.ports.send({ kind: 'telemetry', ...this.batch.take() });
  }
  private sendStatus(): void {
    const now = this.ports.now();
    this.lastStatusAt = now;
    const speed = this.meter.read(now, this.speed);
    const record = this.loop?.record;
    this.ports.send({
      kind: 'status',
      status: {
        running: this.episode !== undefined && (!this.latch.stopped || this.between),
        paused: this.paused,
        stopped: this.latch.stopped && !this.between,
        awaitsModel: this.held !== undefined,
        reason: this.latch.reason,
        episode: this.episode?.index ?? 0,
        step: record?.step ?? 0,
        time: record?.time ?? 0,
        speedWanted: this.speed,
        speedNow: this.paused ? 0 : speed,
        planMs: this.planTimes.figures,
        late: this.late,
        latenessMs: this.lateness.figures,
        planAge: record?.planAge ?? -1,
        basis: record?.basis ?? 'zero',
        threads: this.threads,
        engine: this.engine,
        evaluations: this.evaluations,
        uprightFor: this.judge.uprightFor,
      },
    });
  }
}
