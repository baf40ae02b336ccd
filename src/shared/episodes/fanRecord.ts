import { base64Of, bytesOfBase64 } from './base64';
import type { PlanFrame } from './planFrame';
import { fieldsOf, json, numberIn, RecordRefused, textIn, type Fields } from './recordJson';

/** Paths of a recorded fan, unless all are wanted. */
export const USUAL_PATHS = 40;

/** How the texts below hold their numbers, for whoever reads a recording with another tool. */
export const fanEncoding = {
  floats: 'float32, little endian, base64',
  tips:
    'int16, little endian, base64: rollout by rollout, point by point, (x, y) as multiples of the tipScale of the rollout from ' +
    'tipOrigin, in m; -32768 stands for no number',
} as const;

/** int16 that stands for no number; the others are symmetric. */
const NO_NUMBER = -32768;
const LARGEST = 32767;
/** Of the counts in a plan frame, which are u16; larger ones are no frame of ours. */
const MOST = 65535;
const MOST_ID = 4_294_967_295;

/** The `most` best rollouts of a frame: its last ones, as views. */
export function bestOf(frame: PlanFrame, most: number): PlanFrame {
  const rollouts = Math.min(frame.rollouts, most);
  if (rollouts === frame.rollouts) return frame;
  const left = frame.rollouts - rollouts;
  return { ...frame, rollouts, costs: frame.costs.subarray(left), tips: frame.tips.subarray(left * (frame.horizon + 1) * 2) };
}

/**
 * What the scene draws of one plan as a message of a recording: the numbers of the plan to the last bit, and the tips of its
 * `most` best rollouts as int16, each rollout with a scale of its own. A tip is off by half a scale at most: by 1 mm while its
 * rollout stays within 65 m of where the best one begins, else by 1/65000 of how far it strays, so that one rollout that
 * diverged blurs itself alone.
 *
 * @param searched  rollouts that there were, where the frame holds the best of them alone
 */
export function fanText(frame: PlanFrame, most = USUAL_PATHS, searched = frame.rollouts): string {
  const { id, step, time, rollouts, horizon, period, cost, planMs, size, actions, states, band, bandLevels, costs, tips } = bestOf(
    frame,
    most,
  );
  const { origin, scales, multiples } = asMultiples(tips, rollouts);
  return json({
    id,
    step,
    time,
    horizon,
    period,
    size,
    cost,
    planMs,
    rollouts,
    searched,
    bandLevels,
    actions: base64Of(bytesIn(actions)),
    states: base64Of(bytesIn(states)),
    band: base64Of(bytesIn(band)),
    costs: base64Of(bytesIn(costs)),
    tipOrigin: origin,
    tipScale: base64Of(bytesIn(scales)),
    tips: base64Of(bytesIn(multiples)),
  });
}

/** @throws RecordRefused in words */
export function readFan(text: string): PlanFrame {
  const fields = fieldsOf(text, 'a fan');
  const id = countIn(fields, 'id', 'a fan', MOST_ID);
  const place = `the fan of plan ${id}`;
  const count = (name: string, most = MOST) => countIn(fields, name, place, most);
  const number = (name: string) => numberIn(fields, name, place);
  const [rollouts, horizon, size, bandLevels] = [count('rollouts'), count('horizon'), count('size'), count('bandLevels')];
  const [period, time] = [number('period'), number('time')];
  if (!(period > 0 && period < Infinity && Math.abs(time) < Infinity))
    throw new RecordRefused(`${place}: ${time} s and a period of ${period} s are no times.`);
  const points = horizon + 1;
  // a text is held to its length before its numbers get room, so that hostile counts cost nothing
  const floats = (name: string, length: number) => new Float32Array(bufferIn(fields, name, 4 * length, place));
  const scales = floats('tipScale', rollouts);
  const multiples = new Int16Array(bufferIn(fields, 'tips', 2 * rollouts * points * 2, place));
  return {
    id,
    step: count('step', MOST_ID),
    time,
    rollouts,
    horizon,
    period,
    cost: number('cost'),
    planMs: number('planMs'),
    size,
    actions: floats('actions', horizon),
    states: floats('states', points * size),
    band: floats('band', bandLevels * points * size),
    bandLevels,
    costs: floats('costs', rollouts),
    tips: tipsOf(multiples, scales, originIn(fields, place)),
  };
}

// ── tips ──

function asMultiples(tips: Float32Array, rollouts: number) {
  const row = rollouts === 0 ? 0 : tips.length / rollouts;
  const best = tips.length - row;
  const origin = [0, 1].map((axis) => (Number.isFinite(tips[best + axis] ?? NaN) ? tips[best + axis]! : 0));
  const scales = new Float32Array(rollouts);
  const multiples = new Int16Array(tips.length);
  for (let k = 0; k < rollouts; k++) {
    let reach = 0;
    for (let i = k * row; i < (k + 1) * row; i++) {
      const strays = Math.abs(tips[i]! - origin[i & 1]!);
      if (strays > reach && strays < Infinity) reach = strays;
    }
    scales[k] = reach / LARGEST;
    const scale = scales[k]!; // rounded as it will be read
    for (let i = k * row; i < (k + 1) * row; i++) {
      const strays = tips[i]! - origin[i & 1]!;
      if (!Number.isFinite(strays)) multiples[i] = NO_NUMBER;
      else if (scale > 0) multiples[i] = Math.max(-LARGEST, Math.min(LARGEST, Math.round(strays / scale)));
    }
  }
  return { origin, scales, multiples };
}
function tipsOf(multiples: Int16Array, scales: Float32Array, origin: readonly number[]): Float32Array {
  const tips = new Float32Array(multiples.length);
  const row = scales.length === 0 ? 0 : multiples.length / scales.length;
  for (let k = 0, i = 0; k < scales.length; k++)
    for (const end = i + row; i < end; i++) tips[i] = multiples[i] === NO_NUMBER ? NaN : origin[i & 1]! + scales[k]! * multiples[i]!;
  return tips;
}

// ── fields ──

const bytesIn = ({ buffer, byteOffset, byteLength }: Float32Array | Int16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

function countIn(fields: Fields, name: string, place: string, most: number): number {
  const value = numberIn(fields, name, place);
  if (!Number.isInteger(value) || value < 0 || value > most)
    throw new RecordRefused(`${place}: "${name}" is ${value}; wanted is a whole number from 0 to ${most}.`);
  return value;
}
function bufferIn(fields: Fields, name: string, bytes: number, place: string): ArrayBuffer {
  const read = bytesOfBase64(textIn(fields, name, place), bytes);
  if (read === undefined) throw new RecordRefused(`${place}: "${name}" is not the base64 of ${bytes} bytes.`);
  return read.buffer as ArrayBuffer;
}
function originIn(fields: Fields, place: string): readonly number[] {
  const origin = Object.hasOwn(fields, 'tipOrigin') ? fields['tipOrigin'] : undefined;
  if (!Array.isArray(origin) || origin.length !== 2 || !origin.every(Number.isFinite))
    throw new RecordRefused(`${place}: "tipOrigin" is no point.`);
  return origin as readonly number[];
}
