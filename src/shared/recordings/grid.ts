import { TransitionStore, type Transitions } from '../episodes/transitions';
import type { Plant } from '../plants/plant';
import type { RecordedLog } from './recordedLog';
import { withoutMasked, type Window } from './recordingSpec';
import { MappingError, type Note } from './refusal';

/** The choices that decide figures; they stand in every document under `grid`. */
export interface GridChoice {
  /** Seconds from one grid time to the next. */
  readonly period: number;
  /** Half width of the local quadratic, seconds; 0 means linear interpolation and the recorded rate. */
  readonly smooth: number;
}
/** One stretch of a recording on the grid. No prediction and no transition crosses from one stretch to another. */
export interface GridStretch {
  /** Time of the first grid point on the file's clock, seconds. */
  readonly from: number;
  readonly count: number;
  /** [count × n], the plant's channels in order. */
  readonly states: Float64Array;
  /** [count − 1]: the time average of the action from one grid time to the next. */
  readonly actions: Float64Array;
  /** By id of each channel that wraps: [count], the recorded angle itself, interpolated; what predictions are held to. */
  readonly recorded: ReadonlyMap<string, Float64Array>;
}
export interface GriddedLog {
  readonly stretches: readonly GridStretch[];
  /** Largest half width that was needed to have five samples, where it exceeds the one asked for. */
  readonly grownSmooth?: number;
  readonly notes: readonly Note[];
}

/**
 * Puts a recording on the grid: states by a local quadratic over ± smooth, actions averaged over each step.
 *
 * A stretch starts at the first row of its window and sees no row outside it: near an edge the quadratic keeps its width
 * and leans inwards. A window is cut where the clock jumps by more than five steps or ten samples.
 *
 * @param row  the action applied from row k on stands in row k + row
 * @throws MappingError when the windows hold too few rows
 */
export function onGrid(
  log: RecordedLog,
  windows: readonly Window[],
  masked: readonly Window[],
  row: number,
  choice: GridChoice,
  plant: Plant,
): GriddedLog {
  const notes: Note[] = [];
  const smoothing = new Smoothing(log, choice.smooth);
  const stretches: GridStretch[] = [];
  for (const [first, last] of rowRanges(log, withoutMasked(windows, masked), choice, notes)) {
    const count = Math.floor((log.time[last]! - log.time[first]!) / choice.period + 1e-6) + 1;
    if (count < 2 || last - first + 1 < fewestSamples) continue;
    stretches.push(stretchOf(log, smoothing, first, last, count, row, choice, plant));
  }
  if (stretches.length === 0) {
    const whole = windows.every(([from, to]) => !Number.isFinite(from) && !Number.isFinite(to));
    const where = whole ? log.file : `The window ${windows.map(([from, to]) => `${finite(from)}:${finite(to)}`).join(',')} of ${log.file}`;
    throw new MappingError(
      `${where} holds no stretch of ${fewestSamples} rows and two grid times; its clock runs from ${brief(log.time[0]!)} to ${brief(log.time[log.rows - 1]!)} s.`,
      whole ? 'Record for longer, or choose a shorter --period.' : 'Choose a window inside the recording, or a shorter --period.',
      log.file,
    );
  }
  if (smoothing.grownPoints > 0) {
    notes.push({
      code: 'smoothGrown',
      text: `At ${smoothing.grownPoints} grid times fewer than ${fewestSamples} samples lie within ± ${choice.smooth} s; there it grew, to ${brief(smoothing.widest)} s at most.`,
    });
  }
  return { stretches, grownSmooth: smoothing.grownPoints > 0 ? smoothing.widest : undefined, notes };
}

/**
 * The steps of some stretches, in order; each stretch's share `heldOut` of steps at its end goes to `tails`.
 * @param heldOut  0 … 0.9
 */
export function transitionsOf(stretches: readonly GridStretch[], size: number, heldOut = 0): { heads: Transitions; tails: Transitions } {
  const heads = new TransitionStore(size);
  const tails = new TransitionStore(size);
  for (const { count, states, actions } of stretches) {
    const kept = count - 1 - Math.floor((count - 1) * heldOut);
    for (let k = 0; k + 1 < count; k++) {
      (k < kept ? heads : tails).add(
        states.subarray(k * size, (k + 1) * size),
        actions[k]!,
        states.subarray((k + 1) * size, (k + 2) * size),
      );
    }
  }
  return { heads: heads.head(heads.count), tails: tails.head(tails.count) };
}

/** The last steps of a stretch, as many as `transitionsOf` holds out; undefined where that is no step. */
export function tailOf(
  { from, count, states, actions, recorded }: GridStretch,
  size: number,
  heldOut: number,
  period: number,
): GridStretch | undefined {
  const steps = Math.floor((count - 1) * heldOut);
  if (steps < 1) return undefined;
  const first = count - 1 - steps;
  return {
    from: from + first * period,
    count: steps + 1,
    states: states.slice(first * size),
    actions: actions.slice(first),
    recorded: new Map([...recorded].map(([id, values]) => [id, values.slice(first)])),
  };
}

/** A quadratic needs three samples; five let it average noise. */
const fewestSamples = 5;

function stretchOf(
  log: RecordedLog,
  smoothing: Smoothing,
  first: number,
  last: number,
  count: number,
  row: number,
  choice: GridChoice,
  plant: Plant,
): GridStretch {
  const from = log.time[first]!;
  const size = plant.channels.length;
  const states = new Float64Array(count * size);
  const timeOf = (k: number) => Math.min(from + k * choice.period, log.time[last]!);
  for (const { position, rate } of plant.structure.coordinates) {
    const positions = log.channels.get(plant.channels[position]!.id)!;
    const rates = log.channels.get(plant.channels[rate]!.id);
    for (let k = 0; k < count; k++) {
      const at =
        choice.smooth > 0 ? smoothing.at(positions, timeOf(k), first, last) : interpolated(log, positions, rates, timeOf(k), first, last);
      states[k * size + position] = at.value;
      states[k * size + rate] = at.slope;
    }
    smoothing.counted = true; // every coordinate grows alike; count the grid times once
  }
  smoothing.counted = false;
  const recorded = new Map<string, Float64Array>();
  for (const channel of plant.channels) {
    const values = channel.wraps === true ? log.channels.get(channel.id) : undefined;
    if (values !== undefined)
      recorded.set(
        channel.id,
        Float64Array.from({ length: count }, (_, k) => interpolate(log.time, values, timeOf(k), first, last)),
      );
  }
  const actions = Float64Array.from({ length: count - 1 }, (_, k) => meanAction(log, timeOf(k), timeOf(k + 1), row, first));
  return { from, count, states, actions, recorded };
}

/** First and last row of each stretch: windows clipped to the file and cut at gaps. */
function rowRanges(log: RecordedLog, windows: readonly Window[], choice: GridChoice, notes: Note[]): [number, number][] {
  const longest = Math.max(5 * choice.period, 10 * log.samplePeriod);
  const ranges: [number, number][] = [];
  for (const [from, to] of windows) {
    const slack = 1e-6 * log.samplePeriod; // 1.4 s means the row that the recorder wrote as 1.4000000000000001
    let first = firstRowFrom(log.time, from - slack);
    const last = firstRowFrom(log.time, to + slack, true) - 1;
    for (let i = first + 1; i <= last; i++) {
      if (log.time[i]! - log.time[i - 1]! <= longest) continue;
      notes.push({
        code: 'gap',
        text: `No row between ${brief(log.time[i - 1]!)} and ${brief(log.time[i]!)} s (line ${log.lines[i]}); nothing is fitted or predicted across.`,
      });
      ranges.push([first, i - 1]);
      first = i;
    }
    if (last >= first) ranges.push([first, last]);
  }
  return ranges;
}

/** Index of the first row at or (strictly) after `time`. */
function firstRowFrom(times: Float64Array, time: number, strictly = false): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (strictly ? times[middle]! <= time : times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The zero-order hold of the recorded action, integrated exactly. */
function meanAction(log: RecordedLog, from: number, to: number, row: number, first: number): number {
  const valueAt = (i: number) => log.action[Math.min(Math.max(i + row, 0), log.rows - 1)]!;
  let i = Math.max(first, firstRowFrom(log.time, from, true) - 1);
  let sum = 0;
  for (let at = from; at < to; i++) {
    const until = i + 1 < log.rows ? Math.min(log.time[i + 1]!, to) : to;
    if (until > at) sum += (until - at) * valueAt(i);
    at = Math.max(at, until);
  }
  return sum / (to - from);
}

/** Local least-squares quadratics, and how far they had to reach. */
class Smoothing {
  grownPoints = 0;
  widest = 0;
  /** Set while a further coordinate is smoothed at the same grid times. */
  counted = false;

  constructor(
    private readonly log: RecordedLog,
    private readonly half: number,
  ) {}

  /** Value and slope at `time` of the quadratic through the rows within ± half of it, none outside first … last. */
  at(values: Float64Array, time: number, first: number, last: number): { value: number; slope: number } {
    const { time: times } = this.log;
    const begin = times[first]!;
    const end = times[last]!;
    const reach = this.half * (1 + 1e-9); // a sample exactly at the edge belongs inside
    const centre = end - begin <= 2 * this.half ? (begin + end) / 2 : Math.min(Math.max(time, begin + this.half), end - this.half);
    let low = Math.max(first, firstRowFrom(times, centre - reach));
    let high = Math.min(last, firstRowFrom(times, centre + reach, true) - 1);
    const asked = [low, high];
    while (!enough(times, low, high) && (low > first || high < last)) {
      const below = low > first ? time - times[low - 1]! : Infinity;
      const above = high < last ? times[high + 1]! - time : Infinity;
      if (below <= above) low--;
      else high++;
    }
    if ((low !== asked[0] || high !== asked[1]) && !this.counted) {
      this.grownPoints++;
      this.widest = Math.max(this.widest, time - times[low]!, times[high]! - time);
    }
    return quadraticAt(times, values, low, high, time);
  }
}

/** At least five samples, at three different times or more. */
function enough(times: Float64Array, low: number, high: number): boolean {
  if (high - low + 1 < fewestSamples) return false;
  let distinct = 1;
  for (let i = low + 1; i <= high && distinct < 3; i++) if (times[i]! > times[i - 1]!) distinct++;
  return distinct >= 3;
}

/** Least squares of y ≈ a + b x + c x² with x in widths of the interval from `time`; gives a and b. */
function quadraticAt(times: Float64Array, values: Float64Array, low: number, high: number, time: number): { value: number; slope: number } {
  const width = Math.max(time - times[low]!, times[high]! - time);
  const base = values[low]!; // differences keep the digits of an angle that has turned many times
  let [s0, s1, s2, s3, s4, y0, y1, y2] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = low; i <= high; i++) {
    const x = (times[i]! - time) / width;
    const y = values[i]! - base;
    s0++;
    s1 += x;
    s2 += x * x;
    s3 += x * x * x;
    s4 += x * x * x * x;
    y0 += y;
    y1 += x * y;
    y2 += x * x * y;
  }
  // Cramer's rule on the 3 × 3 normal equations.
  const c0 = s2 * s4 - s3 * s3;
  const c1 = s1 * s4 - s2 * s3;
  const c2 = s1 * s3 - s2 * s2;
  const determinant = s0 * c0 - s1 * c1 + s2 * c2;
  const a = (y0 * c0 - y1 * c1 + y2 * c2) / determinant;
  const b = (-y0 * c1 + y1 * (s0 * s4 - s2 * s2) - y2 * (s0 * s3 - s1 * s2)) / determinant;
  return { value: base + a, slope: b / width };
}

function interpolated(
  log: RecordedLog,
  positions: Float64Array,
  rates: Float64Array | undefined,
  time: number,
  first: number,
  last: number,
): { value: number; slope: number } {
  const value = interpolate(log.time, positions, time, first, last);
  if (rates !== undefined) return { value, slope: interpolate(log.time, rates, time, first, last) };
  const before = Math.max(time - log.samplePeriod, log.time[first]!);
  const after = Math.min(time + log.samplePeriod, log.time[last]!);
  return {
    value,
    slope:
      (interpolate(log.time, positions, after, first, last) - interpolate(log.time, positions, before, first, last)) / (after - before),
  };
}

function interpolate(times: Float64Array, values: Float64Array, time: number, first: number, last: number): number {
  const after = Math.min(Math.max(firstRowFrom(times, time, true), first + 1), last);
  const span = times[after]! - times[after - 1]!;
  const share = span > 0 ? Math.min(1, Math.max(0, (time - times[after - 1]!) / span)) : 1;
  return values[after - 1]! + share * (values[after]! - values[after - 1]!);
}

const brief = (value: number): string => String(Number(value.toPrecision(6)));
const finite = (value: number): string => (Number.isFinite(value) ? String(value) : '');
