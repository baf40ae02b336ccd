/**
 * The one place where the workbench (which owns the rig) and its clients (window, browser, command line, tests) agree.
 * A call is asked by one client and answered once; an event is announced to all. Adding a line here is enough for the
 * type checker to demand both ends; parameters are checked again at run time on the side that receives them.
 */
import { z } from 'zod';
import type { Library, RecordedMoment, RecordingMarks, RecordingSummary } from '../episodes/library';
import type { Setting, SettingValue, SettingValues } from '../settings';
import type { Channel, StateChannel } from '../signals';

export interface Call<P, R> {
  readonly check: z.ZodType<P>;
  /** Carried for the types only. */
  readonly result?: R;
}
const call = <P>(check: z.ZodType<P>) => ({ returns: <R>(): Call<P, R> => ({ check }) });

const lease = z.string().min(1).max(64);
const finite = z.number().refine(Number.isFinite, 'must be finite');
const shortText = z.string().max(200);
const id = z.string().regex(/^[A-Za-z][A-Za-z0-9.]{0,63}$/);
/** Name of a file in the folder of recordings; whether there is one is the library's affair. */
const recording = z.string().min(1).max(255);
/** Name of a saved setup; which ones can be is the folder's affair, which says it in words. */
const savedName = z.string().min(1).max(255);
const seconds = z.number().min(-1e9).max(1e9);
/** How much people may write to a recording: tags, characters of one, and of the note. */
export const markLimits = { tags: 20, tag: 40, note: 4000 } as const;
export const exportForms = ['csv', 'parquet', 'mcap'] as const;
export type ExportForm = (typeof exportForms)[number];
const marks: z.ZodType<RecordingMarks> = z.strictObject({
  tags: z.array(z.string().min(1).max(markLimits.tag)).max(markLimits.tags),
  note: z.string().max(markLimits.note),
  heldOut: z.boolean(),
});
const value = z.union([finite, z.boolean(), z.string().max(4096), z.array(finite).max(64)]);

export const calls = {
  /** Everything a client needs to draw the workbench as it is now; asked once on joining and after a gap. */
  snapshot: call(z.void()).returns<Snapshot>(),
  /** Asks for the controls. `take` takes them from whoever holds them (on hardware that goes through DISARMED). */
  takeControls: call(z.strictObject({ take: z.boolean() })).returns<{ readonly lease: string } | { readonly heldByOther: true }>(),
  releaseControls: call(z.strictObject({ lease })).returns<void>(),
  /** Starts or continues: a fresh episode when none runs. */
  start: call(z.strictObject({ lease })).returns<void>(),
  /** Holds simulated time, or lets it go on. */
  pause: call(z.strictObject({ lease, paused: z.boolean() })).returns<void>(),
  /** Command zero, latched; needs no lease. The latch is set before this answers. */
  stop: call(z.strictObject({ reason: shortText })).returns<void>(),
  /** Ends the episode and starts a new one from a pose: hanging at rest, upright at rest, or a state in plant units. */
  reset: call(
    z.strictObject({ lease, pose: z.union([z.literal('hanging'), z.literal('upright'), z.array(finite).max(8)]) }),
  ).returns<void>(),
  /** Changes settings by dotted id. Live ones apply at the next period, others at the next episode; locked ones are refused. */
  changeSettings: call(z.strictObject({ lease, values: z.record(z.string().max(64), value) })).returns<void>(),
  /** Puts settings back to the defaults of the setup; all of them when no ids are given. */
  resetSettings: call(z.strictObject({ lease, ids: z.array(z.string().max(64)).max(200).optional() })).returns<void>(),
  /** Chooses another set of parts; ends what runs, forgets what was learnt and starts again. */
  chooseSetup: call(
    z.strictObject({
      lease,
      setup: id.optional(),
      model: id.optional(),
      planner: id.optional(),
      controller: id.optional(),
      algorithm: id.optional(),
      task: id.optional(),
      seed: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
      priors: z
        .array(z.enum(['integrates', 'placeFree', 'mirror']))
        .max(3)
        .optional(),
    }),
  ).returns<void>(),
  /** Simulated seconds per second wanted, 0.1 … 10. */
  setSpeed: call(z.strictObject({ lease, speed: z.number().min(0.1).max(10) })).returns<void>(),
  /** A push by hand: force on the cart (N), torque on the pendulum (N m), for some seconds. Simulation only. */
  push: call(
    z.strictObject({
      lease,
      force: z.number().min(-100).max(100),
      torque: z.number().min(-20).max(20),
      seconds: z.number().min(0.01).max(1),
    }),
  ).returns<void>(),
  /** Forgets data and model and learns again from nothing. Simulation only. */
  forget: call(z.strictObject({ lease })).returns<void>(),
  cancelFit: call(z.strictObject({ lease })).returns<void>(),
  /** Gives back credits for plan frames that were drawn; without credits no frame is sent. */
  planCredit: call(z.strictObject({ credits: z.number().int().min(1).max(8) })).returns<void>(),

  // Recordings need no controls: nothing here moves a rig.
  /** The folder of recordings as it is now; `recordings` announces that it has changed. */
  recordings: call(z.void()).returns<Library>(),
  /** What a whole recording is, without its rows. */
  openRecording: call(z.strictObject({ name: recording })).returns<OpenedRecording>(),
  /** The periods between two times (s of the episode, inclusive); evenly chosen ones where there are more than `most`. */
  recordedRows: call(
    z.strictObject({ name: recording, from: seconds, to: seconds, most: z.number().int().min(2).max(20_000) }),
  ).returns<RecordedRows>(),
  /** The plans between two times as they were drawn, in order; evenly chosen ones where there are more than `most`. */
  recordedPlans: call(z.strictObject({ name: recording, from: seconds, to: seconds, most: z.number().int().min(1).max(400) })).returns<{
    readonly frames: readonly Uint8Array[];
  }>(),
  markRecording: call(z.strictObject({ name: recording, marks })).returns<void>(),
  /** Into the trash of the system, with what people wrote beside them. */
  trashRecordings: call(z.strictObject({ names: z.array(recording).min(1).max(1000) })).returns<void>(),
  /** Writes what is good in a recording into a new file beside it, and says in words what is lost. */
  recoverRecording: call(z.strictObject({ name: recording })).returns<{ readonly name: string | null; readonly words: string }>(),
  /** Takes a file of this computer into the folder: a table in the plain form (.csv, .parquet) or a recording (.mcap), by its whole path. */
  importRecording: call(z.strictObject({ path: z.string().min(1).max(4096) })).returns<{
    readonly name: string;
    readonly notes: readonly string[];
  }>(),
  /** Writes a recording in another form into the folder "exports", never over another file; what the form loses is a note. */
  exportRecording: call(z.strictObject({ name: recording, form: z.enum(exportForms) })).returns<{
    readonly path: string;
    readonly notes: readonly string[];
  }>(),
  /** Ends an import or export that is under way; its call is refused in a moment, and nothing of it is kept. */
  cancelRecordingWork: call(z.void()).returns<void>(),
  /** Opens the folder of recordings on the desktop; and with this one chosen. */
  showRecordings: call(z.void()).returns<void>(),
  showRecording: call(z.strictObject({ name: recording })).returns<void>(),
  /** Moves recordings, models, setups and whatever else is the user's into another folder, an absolute path; only while nothing runs. */
  moveData: call(z.strictObject({ lease, to: z.string().min(1).max(4096) })).returns<{ readonly folder: string }>(),
  /** Chooses the setup that a recording was made with; ends what runs, forgets what was learnt and starts again. */
  loadRecordedSetup: call(z.strictObject({ lease, name: recording })).returns<void>(),

  // Saved setups: only loading one needs the controls.
  /** The folder of saved setups as it is now; `setups` announces that it has changed. */
  savedSetups: call(z.void()).returns<SavedSetups>(),
  /** Saves the setup as it is now, with what waits for the next episode. One of this name is written over only with `replace`. */
  saveSetup: call(z.strictObject({ name: savedName, replace: z.boolean().optional() })).returns<void>(),
  /** Chooses a saved setup; ends what runs, forgets what was learnt and starts again. */
  loadSetup: call(z.strictObject({ lease, name: savedName })).returns<void>(),
  /** Into the trash of the system. */
  trashSetup: call(z.strictObject({ name: savedName })).returns<void>(),
  /** What a saved setup is, described as the workbench describes its own. */
  compareSetup: call(z.strictObject({ name: savedName })).returns<{
    readonly setup: SetupDescription;
    readonly settings: readonly SettingsSection[];
  }>(),
};

// ── What the answers and events carry ──

/** One room of settings as a form shows it. */
export interface SettingsSection {
  /** First part of the dotted ids: 'planner'. */
  readonly room: string;
  readonly label: string;
  readonly settings: readonly {
    readonly id: string;
    readonly setting: Setting;
    readonly value: SettingValue;
    readonly default: SettingValue;
    readonly pending?: SettingValue;
  }[];
}
export interface PartChoice {
  readonly id: string;
  readonly label: string;
  readonly source: string;
}
export interface SetupDescription {
  readonly name: string;
  readonly plant: PartChoice;
  readonly task: PartChoice;
  readonly model: PartChoice;
  readonly planner: PartChoice;
  readonly controller: PartChoice;
  readonly algorithm: PartChoice;
  readonly estimator: PartChoice;
  readonly channels: readonly StateChannel[];
  readonly action: Channel;
  readonly actionLimit: number;
  /** [low, high] for each state channel, null where there is no limit. */
  readonly stateLimits: readonly (readonly [number, number] | null)[];
  readonly period: number;
  readonly horizon: number;
  readonly episodeSeconds: number;
  readonly seed: number;
  readonly priors: readonly { readonly id: string; readonly label: string; readonly reason: string; readonly on: boolean }[];
  readonly costTerms: readonly string[];
  /** Short hash of all settings. */
  readonly hash: string;
}
export interface SavedSetup {
  readonly name: string;
  /** Label of its plant; empty when it cannot be told. */
  readonly plant: string;
  /** Short hash of all settings; empty when it cannot be loaded. */
  readonly hash: string;
  /** ISO 8601. */
  readonly savedAt: string;
  /** Why it cannot be loaded, in words; empty when it can. */
  readonly reason: string;
}
export interface SavedSetups {
  readonly folder: string;
  /** By name. */
  readonly setups: readonly SavedSetup[];
}
export interface Catalog {
  readonly setups: readonly { readonly name: string; readonly label: string; readonly plant: string }[];
  readonly models: readonly PartChoice[];
  readonly planners: readonly PartChoice[];
  readonly controllers: readonly PartChoice[];
  readonly algorithms: readonly PartChoice[];
  readonly tasks: readonly PartChoice[];
}
/** How the recording stands that is open now, or that was closed last. */
export interface RecordingStatus {
  /** Path; it ends in `.part` while it is written. Empty before the first one. */
  readonly file: string;
  readonly isOpen: boolean;
  /** Seconds ago until which everything is safe on the disk; null while nothing is open. */
  readonly safeSecondsAgo: number | null;
  /** Periods, plans and events that were lost because the recorder could not follow. */
  readonly dropped: number;
}
/** What the loop is doing, as a word: always one of these, never a toggle. */
export type RunState = 'STARTING' | 'RUNNING' | 'PAUSED' | 'STOPPED' | 'FAULT';
export interface Status {
  readonly state: RunState;
  /** Why it stopped or failed; empty while running. */
  readonly reason: string;
  readonly rig: 'simulated';
  readonly episode: number;
  readonly step: number;
  /** Seconds of the episode so far. */
  readonly time: number;
  readonly speedWanted: number;
  /** Simulated seconds per second over the last second; below `speedWanted` when planning takes longer than a period. */
  readonly speedNow: number;
  /** Why `speedNow` falls short, or empty. */
  readonly speedReason: string;
  readonly loopHz: number;
  /** The recording that is open, or was closed last; null where none was begun. */
  readonly recording: RecordingStatus | null;
  readonly planMs: { readonly last: number; readonly p50: number; readonly p99: number } | null;
  readonly deadlineMs: number;
  /** Periods whose command came late, and lateness of the loop's start in ms, since the run began. */
  readonly late: number;
  readonly latenessMs: { readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** Age of the plan in use, periods; null without one. */
  readonly planAge: number | null;
  readonly planning: 'searching' | 'random' | 'none';
  readonly model: { readonly label: string; readonly fit: number; readonly rows: number } | null;
  readonly plannerThreads: number;
  /** What rolls futures out, for people; empty before the first plan. */
  readonly plannerEngine: string;
  readonly evaluationsPerPlan: number | null;
}
export interface FitStatus {
  readonly phase: string;
  readonly done: number;
  readonly total: number;
  readonly unit: string;
  readonly secondsLeft: number | null;
  readonly loss: number | null;
}
export interface LearningState {
  readonly algorithm: string;
  /** Seconds on the rig since learning began, random data and failed episodes included. */
  readonly experienceSeconds: number;
  /** Experience up to the first lasting swing-up, once it is known. */
  readonly swungUpAfterSeconds: number | null;
  /** The pole is up now and has been since this many seconds. */
  readonly uprightForSeconds: number | null;
  readonly episode: number;
  readonly episodeSeconds: number;
  readonly fits: number;
  readonly rows: number;
  /** Experience at which the newest model was fitted. */
  readonly lastFitAtSeconds: number | null;
  readonly fit: FitStatus | null;
  readonly lossName: string;
  /** Loss after each fit: experience seconds, loss. */
  readonly losses: { readonly at: Float64Array; readonly loss: Float64Array };
  /** Finished episodes and the one under way. `cost` is the sum of stage costs. */
  readonly episodes: readonly {
    readonly index: number;
    readonly fromExperience: number;
    readonly seconds: number;
    readonly cost: number;
    readonly ended: string;
    readonly lasting: boolean;
  }[];
  /** What trained the networks of the newest fit; null before it, and for models without networks. */
  readonly trainer: 'kernels' | 'tensorflow' | null;
  /** The backend of TensorFlow.js, when that is the trainer. */
  readonly backend: { readonly name: string; readonly version: string; readonly reason: string } | null;
  readonly fault: string;
}
export interface Telemetry {
  readonly episode: number;
  /** Step of the first row; a gap to the row before shows that rows were skipped for this client. */
  readonly firstStep: number;
  readonly count: number;
  /** [count] seconds of the episode. Row k holds the state at t_k and the action applied from t_k on (NaN while unknown). */
  readonly times: Float64Array;
  /** [count × n] estimated states, plant units, unwrapped. */
  readonly states: Float64Array;
  /** [count × n] true states of a simulated rig; empty otherwise. */
  readonly truths: Float64Array;
  /** [count] action chosen by the controller. */
  readonly chosen: Float64Array;
  /** [count] command sent after the gate; it acts `delay` later. */
  readonly commands: Float64Array;
  /** [count] action that acted in the period that *ended* at t_k, as the rig says. */
  readonly applied: Float64Array;
  /** [count × terms] stage cost of this row by term. */
  readonly costs: Float64Array;
  /** [count] milliseconds of planning for this row's command; NaN without a plan. */
  readonly planMs: Float64Array;
  /** [count] milliseconds by which the loop began this period late. */
  readonly latenessMs: Float64Array;
  /** [count] basis: 0 plan, 1 older plan, 2 random, 3 damp, 4 zero. */
  readonly basis: Uint8Array;
}
/** A whole recording that was opened: everything but its rows and plans, which are asked for as they are looked at. */
export interface OpenedRecording {
  readonly summary: RecordingSummary;
  /** What it was made with, described as the workbench describes its own. */
  readonly setup: SetupDescription;
  readonly settings: readonly SettingsSection[];
  readonly moments: readonly RecordedMoment[];
  /** Plans that can be drawn as they were. */
  readonly plans: number;
}
/** An import or export that is under way, for all to see. */
export interface RecordingWork {
  /** What is done to what, in a few words. */
  readonly what: string;
  readonly done: number;
  /** 0 while it is not known. */
  readonly total: number;
  readonly unit: string;
  readonly secondsLeft: number | null;
}
export interface RecordedRows {
  /** Steps from one row to the next: 1, or more where only every k-th was taken. */
  readonly every: number;
  readonly rows: Telemetry;
}
export interface ControlsState {
  readonly clients: number;
  /** Whether this very client holds the controls. */
  readonly mine: boolean;
  readonly held: boolean;
}
export interface Notice {
  readonly level: 'note' | 'warning' | 'fault';
  readonly text: string;
  /** Seconds since the workbench started. */
  readonly at: number;
}
export interface Snapshot {
  readonly version: string;
  readonly catalog: Catalog;
  readonly setup: SetupDescription;
  readonly settings: readonly SettingsSection[];
  readonly status: Status;
  readonly learning: LearningState;
  readonly controls: ControlsState;
  /** The last seconds of telemetry, so that a page that joins late has a past. */
  readonly history: readonly Telemetry[];
  readonly notices: readonly Notice[];
}
export interface Events {
  /** Control periods as they happened, batched. */
  telemetry: Telemetry;
  /** The newest plan as a plan frame; newest wins, a client without credits gets none. */
  plan: { readonly frame: Uint8Array };
  status: Status;
  learning: LearningState;
  /** After any change of setup: everything to be drawn anew. */
  setup: { readonly setup: SetupDescription; readonly settings: readonly SettingsSection[] };
  /** Values as the loop confirmed them. */
  settings: { readonly values: SettingValues; readonly pending: SettingValues };
  controls: ControlsState;
  notice: Notice;
  /** The folder of recordings has changed: one was begun, ended, marked or deleted. Who shows it asks for it again. */
  recordings: { readonly folder: string };
  /** How an import or export stands; null when it has ended. */
  recordingWork: RecordingWork | null;
  /** The folder of saved setups has changed. Who shows it asks for it again. */
  setups: { readonly folder: string };
}

type Calls = typeof calls;
export type CallName = keyof Calls;
type ParamsOf<C> = C extends { readonly check: z.ZodType<infer P> } ? P : never;
type ResultOf<C> = C extends { readonly result?: infer R } ? R : never;
/** What a client holds and what the workbench implements: the same interface on both sides. */
export type WorkbenchApi = {
  [K in keyof Calls]: ParamsOf<Calls[K]> extends void
    ? () => Promise<ResultOf<Calls[K]>>
    : (params: ParamsOf<Calls[K]>) => Promise<ResultOf<Calls[K]>>;
};
/** Calls about recordings, which need no controls. */
export type RecordingCalls = Pick<
  WorkbenchApi,
  | 'recordings'
  | 'openRecording'
  | 'recordedRows'
  | 'recordedPlans'
  | 'markRecording'
  | 'trashRecordings'
  | 'recoverRecording'
  | 'importRecording'
  | 'exportRecording'
  | 'cancelRecordingWork'
  | 'showRecordings'
  | 'showRecording'
>;
export type EventName = keyof Events;
export type Announce = <E extends EventName>(name: E, event: Events[E]) => void;
