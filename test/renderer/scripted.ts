/**
 * A workbench without processes for the tests of the page: snapshots from the real setups, plants and planner, and an
 * implementation of the contract that writes down what it was asked. The control process itself is tried elsewhere.
 */
import type {
  EventName,
  Events,
  LearningState,
  SavedSetup,
  Snapshot,
  Status,
  Telemetry,
  WorkbenchApi,
} from '../../src/shared/contract/contract';
import { connect, serve, type ServedClient, type WorkbenchClient } from '../../src/shared/contract/rpc';
import { memoryPipe, type Transport } from '../../src/shared/contract/transport';
import { encodePlanFrame } from '../../src/shared/episodes/planFrame';
import { RungeKutta } from '../../src/shared/math/integrate';
import { uniform, streamKey } from '../../src/shared/math/random';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup, type ResolvedSetup } from '../../src/shared/setups/resolve';
import { compileCost } from '../../src/shared/tasks/cost';
import { catalog, describeSettings, describeSetup } from '../../src/main/workbench/describe';
import type { Door } from '../../src/renderer/link/doors';
import type { RecordingSummary } from '../../src/shared/episodes/library';
import { summary } from './summary';

export type SetupName = 'light' | 'pilco' | 'pendulum';

/** A run as a page would see it: one random episode of half a second, then an episode that is steered by hand-made actions. */
export interface Recorded {
  readonly snapshot: Snapshot;
  readonly plan: Uint8Array;
}
const ROWS = [30, 70] as const;

/** The snapshot of a workbench that has only just started: nothing happened, nothing learnt. */
export function emptySnapshot(name: SetupName = 'light'): Snapshot {
  const resolved = resolveSetup(builtInSetups[name]);
  return {
    version: '0.0.0',
    catalog: catalog(),
    setup: describeSetup(resolved),
    settings: describeSettings(resolved, resolved, {}),
    status: {
      ...statusOf(resolved),
      state: 'STARTING',
      episode: 0,
      step: 0,
      time: 0,
      planMs: null,
      latenessMs: null,
      planAge: null,
      planning: 'none',
      model: null,
    },
    learning: {
      ...learningOf(resolved, []),
      experienceSeconds: 0,
      fits: 0,
      rows: 0,
      lastFitAtSeconds: null,
      losses: { at: new Float64Array(0), loss: new Float64Array(0) },
      episodes: [],
      trainer: null,
      backend: null,
    },
    controls: { clients: 1, mine: false, held: false },
    history: [],
    notices: [],
  };
}

/** The same after five seconds, with a plan of 400 rollouts. */
export function recordedRun(name: SetupName = 'light'): Recorded {
  const resolved = resolveSetup(builtInSetups[name]);
  const history = ROWS.map((rows, episode) => drive(resolved, episode, rows));
  const last = history[history.length - 1];
  const n = resolved.instance.size;
  const snapshot: Snapshot = {
    ...emptySnapshot(name),
    status: { ...statusOf(resolved), episode: 1, step: last.count - 1, time: last.times[last.count - 1] },
    learning: learningOf(resolved, history),
    history,
    notices: [{ level: 'note', text: 'Episode 1 ended after 1.50 s.', at: 2 }],
  };
  return { snapshot, plan: planFrom(resolved, last.states.slice((last.count - 1) * n), last.times[last.count - 1]) };
}

function statusOf(resolved: ResolvedSetup): Status {
  return {
    state: 'RUNNING',
    reason: '',
    rig: 'simulated',
    episode: 0,
    step: 0,
    time: 0,
    speedWanted: 1,
    speedNow: 0.3,
    speedReason: 'planning takes 160 ms of a 50 ms period',
    loopHz: 6,
    recording: null,
    planMs: { last: 160, p50: 158, p99: 171 },
    deadlineMs: resolved.period * 1000,
    late: 0,
    latenessMs: { p50: 0.1, p99: 0.4, max: 1.2 },
    planAge: 1,
    planning: 'searching',
    model: { label: resolved.model.label, fit: 4, rows: 60 },
    plannerThreads: 2,
    plannerEngine: 'Kernel, fused multiply-add',
    evaluationsPerPlan: 57600,
  };
}
function learningOf(resolved: ResolvedSetup, history: readonly Telemetry[]): LearningState {
  const episodes = history.map((batch, index) => ({
    index,
    fromExperience: index === 0 ? 0 : history[0].times[history[0].count - 1],
    seconds: batch.times[batch.count - 1],
    cost: batch.costs.reduce((sum, cost) => sum + cost, 0),
    ended: '',
    lasting: false,
  }));
  return {
    algorithm: resolved.setup.algorithm,
    experienceSeconds: episodes.reduce((sum, { seconds }) => sum + seconds, 0),
    swungUpAfterSeconds: null,
    uprightForSeconds: null,
    episode: Math.max(0, history.length - 1),
    episodeSeconds: 8,
    fits: 4,
    rows: 60,
    lastFitAtSeconds: 4.5,
    fit: { phase: 'fit', done: 12, total: 40, unit: 'steps', secondsLeft: 0.6, loss: -1.2 },
    lossName: 'negative log likelihood per transition',
    losses: { at: Float64Array.of(1.5, 2, 2.5, 3), loss: Float64Array.of(-3, -3.46, -3.6, -3.75) },
    episodes,
    trainer: 'tensorflow',
    backend: { name: 'wasm', version: '4.22.0', reason: 'native: binding not built' },
    fault: '',
  };
}
/** Motion under actions that change every fourth period: the first episode is called random, the second planned. */
function drive(resolved: ResolvedSetup, episode: number, rows: number): Telemetry {
  const { plant, instance, period, cost } = resolved;
  const n = instance.size;
  const compiled = compileCost(cost, plant, instance);
  const motion = new RungeKutta(instance, n);
  const state = plant.hanging();
  const states = new Float64Array(rows * n);
  const [times, chosen, applied, planMs, latenessMs] = Array.from({ length: 5 }, () => new Float64Array(rows));
  const costs = new Float64Array(rows * cost.terms.length);
  const terms = new Float64Array(cost.terms.length);
  let action = 0;
  for (let k = 0; k < rows; k++) {
    states.set(state, k * n);
    times[k] = k * period;
    applied[k] = action;
    compiled.stageTerms(state, action, action, terms);
    costs.set(terms, k * terms.length);
    if (k % 4 === 0) action = instance.actionLimit * held(2 * uniform(streamKey(7, episode, k, 0), 0) - 1 - homeward(state, n));
    chosen[k] = action;
    planMs[k] = episode === 0 ? NaN : 150 + (k % 7);
    latenessMs[k] = 0.1 * (k % 5);
    motion.advance(state, action, period);
  }
  return {
    episode,
    firstStep: 0,
    count: rows,
    times,
    states,
    truths: states.slice(),
    chosen,
    commands: chosen.slice(),
    applied,
    costs,
    planMs,
    latenessMs,
    basis: new Uint8Array(rows).fill(episode === 0 ? 2 : 0),
  };
}
/** A cart that strays is called back, as a controller would. */
const homeward = (state: Float64Array, n: number) => (n === 4 ? 0.6 * state[0] + 0.3 * state[1] : 0);
const held = (share: number) => Math.max(-1, Math.min(1, share));
/** 400 futures from a state under random actions, with a band that widens. */
function planFrom(resolved: ResolvedSetup, from: Float64Array, time: number): Uint8Array {
  const { instance, period, horizon } = resolved;
  const [n, K, points] = [instance.size, 400, horizon + 1];
  const motion = new RungeKutta(instance, n);
  const tips = new Float32Array(K * points * 2);
  const states = new Float32Array(points * n);
  const actions = new Float32Array(horizon);
  const tip = new Float64Array(2);
  for (let k = 0; k < K; k++) {
    const state = from.slice(0, n);
    let action = 0;
    for (let h = 0; h <= horizon; h++) {
      instance.tip(state, 0, tip, 0);
      tips.set(tip, (k * points + h) * 2);
      if (k === K - 1) states.set(state, h * n);
      if (h === horizon) break;
      if (h % 3 === 0) action = instance.actionLimit * (2 * uniform(streamKey(3, k, h, 0), 0) - 1) * (1.2 - k / K);
      if (k === K - 1) actions[h] = action;
      motion.advance(state, action, period, 2);
    }
  }
  const band = new Float32Array(4 * points * n);
  [-1.64, -0.67, 0.67, 1.64].forEach((z, level) => {
    for (let h = 0; h < points; h++) for (let c = 0; c < n; c++) band[(level * points + h) * n + c] = states[h * n + c] + z * 0.02 * h;
  });
  const costs = Float32Array.from({ length: K }, (_, k) => 900 - (2 * k * 890) / (2 * K));
  return encodePlanFrame({
    id: 1,
    step: ROWS[1],
    time: time + period,
    rollouts: K,
    horizon,
    period,
    cost: costs[K - 1],
    planMs: 158,
    size: n,
    actions,
    states,
    band,
    bandLevels: 4,
    costs,
    tips,
  });
}

/** A call that came in. */
export interface Asked {
  readonly name: string;
  readonly params: Record<string, unknown>;
  readonly at: number;
}

/** Answers the contract from a snapshot; one client. */
export class ScriptedWorkbench {
  readonly asked: Asked[] = [];
  /** What its folder holds; rows of any of them are those of the snapshot's newest episode. */
  recordings: RecordingSummary[] = [
    summary({ name: '2026-11-27T14-06-12-cartPole-light-episode-2.mcap', rows: 70, seconds: 3.45, uprightFrom: 1.65 }),
    summary({ name: '2026-11-27T14-05-40-cartPole-light-episode-1.mcap', rows: 70, seconds: 3.45, random: true }),
    summary({ name: 'left.mcap.part', state: 'part', reason: 'It was left in the middle, as by a crash.', rows: 0 }),
  ];
  recordedPlan: Uint8Array | undefined;
  savedSetups: SavedSetup[] = [
    { name: 'bench 2', plant: 'Cart-pole', hash: '3f9c2a1', savedAt: '2026-11-27T14:06:12.000Z', reason: '' },
    { name: 'left', plant: '', hash: '', savedAt: '2026-11-26T10:00:00.000Z', reason: 'This is not JSON.' },
  ];
  heldByOther = false;
  credits = 0;
  private served: ServedClient | undefined;
  private transport: Transport | undefined;

  constructor(
    public snapshot: Snapshot,
    private readonly now: () => number = () => 0,
  ) {}

  /** A way in, as the link wants it. */
  readonly door: Door = async () => {
    const [near, far] = memoryPipe();
    this.transport = far;
    this.served = serve(far, this.api());
    return { transport: near, refusal: () => undefined };
  };
  /** A client without the page's state. */
  client(): WorkbenchClient {
    const [near, far] = memoryPipe();
    this.served = serve(far, this.api());
    return connect(near);
  }
  announce<E extends EventName>(name: E, event: Events[E]): void {
    this.served?.announce(name, event);
  }
  lose(): void {
    this.transport?.close();
  }
  named(name: string): Asked[] {
    return this.asked.filter((call) => call.name === name);
  }

  private api(): WorkbenchApi {
    const note = (name: string) => async (params?: unknown) =>
      void this.asked.push({ name, params: (params ?? {}) as Record<string, unknown>, at: this.now() });
    const names = [
      'releaseControls',
      'start',
      'pause',
      'stop',
      'reset',
      'changeSettings',
      'resetSettings',
      'chooseSetup',
      'setSpeed',
      'push',
      'forget',
      'cancelFit',
      'trashRecordings',
      'cancelRecordingWork',
      'showRecordings',
      'showRecording',
      'moveData',
      'loadRecordedSetup',
      'loadSetup',
      'trashSetup',
    ] as const;
    return {
      ...(Object.fromEntries(names.map((name) => [name, note(name)])) as unknown as Pick<WorkbenchApi, (typeof names)[number]>),
      snapshot: async () => this.snapshot,
      takeControls: async ({ take }) => {
        await note('takeControls')({ take });
        if (this.heldByOther && !take) return { heldByOther: true };
        this.heldByOther = false;
        this.announce('controls', { clients: 1, mine: true, held: true });
        return { lease: 'lease-1' };
      },
      planCredit: async ({ credits }) => void (this.credits += credits),
      recordings: async () => ({ folder: '/home/me/upright/recordings', bytes: 214e6, freeBytes: 98e9, recordings: this.recordings }),
      openRecording: async ({ name }) => ({
        summary: this.recordings.find((one) => one.name === name)!,
        setup: this.snapshot.setup,
        settings: this.snapshot.settings,
        moments: [
          { time: 0.5, kind: 'event', label: 'planned from here' },
          { time: 3.45, kind: 'end', label: 'end' },
        ],
        plans: this.recordedPlan === undefined ? 0 : 1,
      }),
      recordedRows: async () => ({ every: 1, rows: this.snapshot.history.at(-1)! }),
      recordedPlans: async () => ({ frames: this.recordedPlan === undefined ? [] : [this.recordedPlan] }),
      markRecording: async ({ name, marks }) => {
        await note('markRecording')({ name, marks });
        this.recordings = this.recordings.map((one) => (one.name === name ? { ...one, marks } : one));
      },
      savedSetups: async () => ({ folder: '/home/me/upright/setups', setups: this.savedSetups }),
      saveSetup: async (params) => {
        await note('saveSetup')(params);
        const saved = { ...this.savedSetups[0], name: params.name };
        this.savedSetups = [...this.savedSetups.filter(({ name }) => name !== saved.name), saved];
        this.announce('setups', { folder: '/home/me/upright/setups' });
      },
      compareSetup: async ({ name }) => ({
        setup: { ...this.snapshot.setup, name, seed: 9 },
        settings: this.snapshot.settings.map((section) => ({
          ...section,
          settings: section.settings.map((entry) => (entry.id === 'planner.horizon' ? { ...entry, value: 2 } : entry)),
        })),
      }),
      importRecording: async ({ path }) => {
        await note('importRecording')({ path });
        return { name: this.recordings[0]!.name, notes: [] };
      },
      exportRecording: async ({ name, form }) => {
        await note('exportRecording')({ name, form });
        return { path: `/home/me/upright/exports/${name}.${form}`, notes: ['A table has no place for 40 plans.'] };
      },
      recoverRecording: async ({ name }) => {
        await note('recoverRecording')({ name });
        return { name: null, words: `repaired: ${name}` };
      },
    };
  }
}
