/**
 * A plan frame: what the scene draws of one plan, as bytes. Tips (x, y) in the plane of motion, not angles, so that
 * one shader serves every plant. Little endian, 4-byte aligned, so that the received bytes are the vertex attribute.
 *
 *   u32 'UPR1'  u32 plan id  u32 step (at which the plan acts)  u16 K rollouts  u16 H steps
 *   f32 period s  f32 cost of the chosen plan  f32 planning ms  u16 n state channels  u16 B band levels (0 or 4)
 *   f64 time s of the episode at which the plan acts                                   (40 bytes so far)
 *   f32 actions[H]                       chosen plan, action units
 *   f32 states[(H+1) · n]                chosen plan through the mean model, plant units
 *   f32 band[B · (H+1) · n]              quantiles 5, 25, 75, 95 % of the model's belief about the chosen plan
 *   f32 costs[K]                         worst to best
 *   f32 tips[K · (H+1) · 2]              rollouts in that order; drawing order is cost order
 */
export interface PlanFrame {
  readonly id: number;
  readonly step: number;
  /** Seconds of the episode at which actions[0] acts. */
  readonly time: number;
  readonly rollouts: number;
  readonly horizon: number;
  readonly period: number;
  readonly cost: number;
  readonly planMs: number;
  readonly size: number;
  readonly actions: Float32Array;
  readonly states: Float32Array;
  /** Empty when the model states no uncertainty. */
  readonly band: Float32Array;
  readonly bandLevels: number;
  readonly costs: Float32Array;
  readonly tips: Float32Array;
}

const MAGIC = 0x31525055;
const HEADER = 40;

export function encodePlanFrame(frame: PlanFrame): Uint8Array {
  const floats = frame.actions.length + frame.states.length + frame.band.length + frame.costs.length + frame.tips.length;
  const buffer = new ArrayBuffer(HEADER + floats * 4);
  const view = new DataView(buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint32(4, frame.id, true);
  view.setUint32(8, frame.step, true);
  view.setUint16(12, frame.rollouts, true);
  view.setUint16(14, frame.horizon, true);
  view.setFloat32(16, frame.period, true);
  view.setFloat32(20, frame.cost, true);
  view.setFloat32(24, frame.planMs, true);
  view.setUint16(28, frame.size, true);
  view.setUint16(30, frame.bandLevels, true);
  view.setFloat64(32, frame.time, true);
  let at = HEADER;
  for (const part of [frame.actions, frame.states, frame.band, frame.costs, frame.tips]) {
    new Float32Array(buffer, at, part.length).set(part);
    at += part.length * 4;
  }
  return new Uint8Array(buffer);
}

/** Views into `bytes`; nothing is copied unless the bytes are not aligned. @throws RangeError when the bytes are no plan frame */
export function decodePlanFrame(bytes: Uint8Array): PlanFrame {
  const whole = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes); // the slice of a Buffer would lie where the Buffer lies
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  if (whole.byteLength < HEADER || view.getUint32(0, true) !== MAGIC)
    throw new RangeError('These bytes are not a plan frame: its mark is missing.');
  const rollouts = view.getUint16(12, true);
  const horizon = view.getUint16(14, true);
  const size = view.getUint16(28, true);
  const bandLevels = view.getUint16(30, true);
  const points = horizon + 1;
  const lengths = [horizon, points * size, bandLevels * points * size, rollouts, rollouts * points * 2];
  const wanted = HEADER + 4 * lengths.reduce((sum, n) => sum + n, 0);
  if (whole.byteLength !== wanted)
    throw new RangeError(`A plan frame of ${rollouts} rollouts and ${horizon} steps has ${wanted} bytes; ${whole.byteLength} came.`);
  let at = whole.byteOffset + HEADER;
  const next = (length: number) => {
    const part = new Float32Array(whole.buffer as ArrayBuffer, at, length);
    at += length * 4;
    return part;
  };
  return {
    id: view.getUint32(4, true),
    step: view.getUint32(8, true),
    time: view.getFloat64(32, true),
    rollouts,
    horizon,
    period: view.getFloat32(16, true),
    cost: view.getFloat32(20, true),
    planMs: view.getFloat32(24, true),
    size,
    bandLevels,
    actions: next(lengths[0]!),
    states: next(lengths[1]!),
    band: next(lengths[2]!),
    costs: next(lengths[3]!),
    tips: next(lengths[4]!),
  };
}
