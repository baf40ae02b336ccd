import type { RecordedEvent } from './eventRecord';
import { fieldsOf, json, namedIn, numberIn, numbersIn, parsed, RecordRefused, textIn, type Fields } from './recordJson';
import type { RecordedTiming } from './timingRecord';

export { RecordRefused } from './recordJson';
export { eventText, readEvent, type RecordedEvent } from './eventRecord';

/**
 * The record of one episode, as it stands in a recording: a header, then messages of the topics below in the order in which
 * things happened. N + 1 states stand for N actions: the last period has a measurement and no action.
 */
export const EPISODE_FORMAT = 'upright episode';
/** Raised by whoever changes what the texts hold; `migrations.ts` brings older ones up to date. */
export const EPISODE_VERSION = 2;

/** What an episode was run with. */
export interface EpisodeHeader {
  /** Of the program that wrote it. */
  readonly software: string;
  /** Wall clock at the first measurement, ISO 8601 in UTC. */
  readonly startedAt: string;
  /** What was driven; `imported`: something elsewhere, of which a table told. */
  readonly rig: 'simulated' | 'imported';
  /** Index of the episode in its run; names its random streams. */
  readonly episode: number;
  /** Seconds. */
  readonly period: number;
  readonly plant: string;
  readonly channels: readonly RecordedChannel[];
  readonly action: { readonly id: string; readonly label: string; readonly unit: string; readonly limit: number };
  readonly costs: readonly string[];
  /** The whole setup, seed included, as a setup file has it. */
  readonly setup: unknown;
  /** What the learning algorithm wanted of the episode. */
  readonly plan: { readonly seconds: number; readonly randomSeconds: number; readonly replan: 'everyPeriod' | 'once' };
}
export interface RecordedChannel {
  readonly id: string;
  readonly label: string;
  readonly unit: string;
  /** The value is an angle on the circle; it stands unwrapped. */
  readonly wraps: boolean;
  /** Limits that end the episode, channel units; null for none. */
  readonly limits: readonly [number | null, number | null];
}
/** One control period: what was measured at its beginning, and what was decided then. */
export interface RecordedPeriod {
  readonly step: number;
  /** Seconds of the episode; of the rig's clock. */
  readonly time: number;
  readonly rigTime: number;
  /** Milliseconds of the host's monotonic clock. */
  readonly hostTime: number;
  /** Raw readings since the period before, [readings × coordinates], channel units; and of rates, where the rig measures them. */
  readonly positions: readonly number[];
  readonly rates?: readonly number[];
  /** What acted in the period that ended here, as the rig says. Action units. */
  readonly applied: number;
  /** [n], the estimate; and the true state of a simulated rig. */
  readonly state: readonly number[];
  readonly truth?: readonly number[];
  /** [labels], stage cost of arriving here. */
  readonly costs: readonly number[];
  /** Whether the algorithm wanted random data, and whether there was a model. */
  readonly explore: boolean;
  readonly hasModel: boolean;
  /** Absent in the last period of an episode. */
  readonly decided?: DecidedAction;
}
export interface DecidedAction {
  /** What the controller chose and what the gate let out. Action units. */
  readonly chosen: number;
  readonly sent: number;
  /** Words of the controller and of the gate: where the action came from, and what it met. */
  readonly basis: string;
  readonly verdict: string;
  /** Periods; −1 without a plan. */
  readonly planAge: number;
  /** Whether anything but zero was allowed. */
  readonly allowed: boolean;
  /** Milliseconds that the plan took and that the period began late; null where there was none. */
  readonly planMs: number | null;
  readonly latenessMs: number | null;
}
/** A plan that came in before the next period was decided; whole, to the last bit. */
export interface RecordedPlan {
  readonly id: number;
  /** Step at whose measurement it was asked, and from which its first action acts. */
  readonly step: number;
  readonly actsFrom: number;
  /** Action units. */
  readonly actions: readonly number[];
  readonly cost: number;
}
/** What the scene draws of a plan, on its way into a recording. */
export interface FanFrame {
  /** A plan frame as `planFrame.ts` has it, of the best rollouts alone. */
  readonly bytes: Uint8Array;
  /** Rollouts before the worst were left out. */
  readonly searched: number;
}
/** Who takes an episode in while it happens. Calls are cheap and never throw: a recording that fails is its own affair. */
export interface EpisodeSink {
  begin(header: EpisodeHeader): void;
  period(period: RecordedPeriod): void;
  plan(plan: RecordedPlan): void;
  fan(fan: FanFrame): void;
  /** Of the topics setting, event and fault. */
  event(event: RecordedEvent): void;
  timing(timing: RecordedTiming): void;
  end(): void;
  /** Records of this episode that found no room; none where there is always room. */
  readonly dropped?: number;
}

// ── texts ──

const named = (names: readonly string[], values: readonly number[]): Record<string, number> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]!]));
const allFinite = (...all: (readonly number[] | undefined)[]): boolean => all.every((values) => values?.every(Number.isFinite) ?? true);

/** Names of the numbers of a period, from its header. */
export interface PeriodNames {
  readonly channels: readonly string[];
  readonly costs: readonly string[];
}
export const namesOf = ({ channels, costs }: EpisodeHeader): PeriodNames => ({ channels: channels.map(({ id }) => id), costs });

/** A period as its message: numbers by name, so that any plotter shows them. A row that holds no number somewhere says `notFinite`. */
export function periodText(period: RecordedPeriod, { channels, costs }: PeriodNames): string {
  const { state, truth, decided, positions, rates, applied } = period;
  const whole = allFinite(positions, rates, state, truth, period.costs, [applied, decided?.chosen ?? 0]);
  return json({
    ...period,
    state: named(channels, state),
    truth: truth && named(channels, truth),
    costs: named(costs, period.costs),
    ...(whole ? {} : { notFinite: true }),
  });
}
export const planText = (plan: RecordedPlan): string => json(plan);
/** The header as the metadata of a recording: texts by name. */
export function headerTexts(header: EpisodeHeader): Record<string, string> {
  const { software, startedAt, rig, episode, period, plant, channels, action, costs, setup, plan } = header;
  const parts = { rig, episode, period, plant, channels, action, costs, setup, plan };
  return {
    format: EPISODE_FORMAT,
    version: String(EPISODE_VERSION),
    software,
    startedAt,
    ...Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, json(value)])),
  };
}

// ── and back ──

/** Of the program that wrote it. @throws RecordRefused when it is newer than this program knows */
export function versionOf(texts: Readonly<Record<string, string>>): number {
  const version = Number(texts['version']);
  if (Number.isInteger(version) && version >= 1 && version <= EPISODE_VERSION) return version;
  throw new RecordRefused(
    `This recording has version ${texts['version']}; this program reads 1 to ${EPISODE_VERSION}. A newer Upright opens it.`,
  );
}

/** @throws RecordRefused when it is no episode of ours, or a newer one than this program knows */
export function readHeader(texts: Readonly<Record<string, string>>): EpisodeHeader {
  if (texts['format'] !== EPISODE_FORMAT)
    throw new RecordRefused('This recording was not written by Upright: its metadata has no episode.');
  versionOf(texts);
  const value = (name: string): Fields => parsed(texts[name] ?? '', `metadata "${name}"`);
  const period = value('period') as unknown;
  const channels = value('channels') as unknown;
  if (typeof period !== 'number' || !(period > 0)) throw new RecordRefused('metadata "period" is no number of seconds.');
  if (!Array.isArray(channels)) throw new RecordRefused('metadata "channels" is no list.');
  return {
    software: texts['software'] ?? '',
    startedAt: texts['startedAt'] ?? '',
    rig: value('rig') as never,
    episode: value('episode') as never,
    period,
    plant: value('plant') as never,
    channels: channels as RecordedChannel[],
    action: value('action') as never,
    costs: value('costs') as never,
    setup: value('setup'),
    plan: value('plan') as never,
  };
}
/** @throws RecordRefused */
export function readPeriod(text: string, { channels, costs }: PeriodNames): RecordedPeriod {
  const fields = fieldsOf(text, 'a period');
  const step = numberIn(fields, 'step', 'a period');
  const place = `the period of step ${step}`;
  const number = (name: string) => numberIn(fields, name, place);
  const decided = fields['decided'] as Fields | undefined;
  return {
    step,
    time: number('time'),
    rigTime: number('rigTime'),
    hostTime: number('hostTime'),
    positions: numbersIn(fields, 'positions', place),
    ...(fields['rates'] === undefined ? {} : { rates: numbersIn(fields, 'rates', place) }),
    applied: number('applied'),
    state: namedIn(fields, 'state', channels, place),
    ...(fields['truth'] === undefined ? {} : { truth: namedIn(fields, 'truth', channels, place) }),
    costs: namedIn(fields, 'costs', costs, place),
    explore: fields['explore'] === true,
    hasModel: fields['hasModel'] === true,
    ...(decided === undefined ? {} : { decided: readDecided(decided, place) }),
  };
}
function readDecided(fields: Fields, place: string): DecidedAction {
  const number = (name: string) => numberIn(fields, name, place);
  const orNull = (name: string) => (fields[name] === null ? null : number(name));
  return {
    chosen: number('chosen'),
    sent: number('sent'),
    basis: textIn(fields, 'basis', place),
    verdict: textIn(fields, 'verdict', place),
    planAge: number('planAge'),
    allowed: fields['allowed'] === true,
    planMs: orNull('planMs'),
    latenessMs: orNull('latenessMs'),
  };
}
/** @throws RecordRefused */
export function readPlan(text: string): RecordedPlan {
  const fields = fieldsOf(text, 'a plan');
  const id = numberIn(fields, 'id', 'a plan');
  const place = `plan ${id}`;
  const number = (name: string) => numberIn(fields, name, place);
  return { id, step: number('step'), actsFrom: number('actsFrom'), actions: numbersIn(fields, 'actions', place), cost: number('cost') };
}
