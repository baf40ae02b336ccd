import { cos, log, sin } from './elementary';

/**
 * Counter-based random numbers: a stream is a pure function of its key, so that results depend on the work item
 * (seed, plan, iteration, trajectory) and never on which thread did it or in which order.
 *
 * Generator: the 32-bit finaliser of MurmurHash3 over a Weyl sequence, keyed by a hash of the item's coordinates.
 * 32-bit integer operations only (Math.imul, shifts, xor), so that a kernel in another language makes the same integers.
 * Hashes and keys are signed: an engine keeps such integers out of the heap wherever they go.
 */
export function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Hash of a work item's coordinates to a stream key. Seeds above 2^32 count in full. */
export const streamKey = (seed: number, a: number, b: number, c: number): number => keyWithin(streamFamily(seed, a, b), c);

/** What the streams of one seed and two coordinates have in common; `keyWithin` tells them apart by the third. A 32-bit integer. */
export function streamFamily(seed: number, a: number, b: number): number {
  const low = seed >>> 0;
  const high = Math.floor(seed / 4294967296) >>> 0;
  let h = mix(low ^ 0x9e3779b9);
  h = mix((h + Math.imul(high, 0x85ebca77) + 0x165667b1) | 0);
  h = mix((h + Math.imul(a, 0x9e3779b1) + 0x27d4eb2f) | 0);
  return mix((h + Math.imul(b, 0x85ebca77) + 0x165667b1) | 0);
}
export const keyWithin = (family: number, c: number): number => mix((family + Math.imul(c, 0xc2b2ae3d) + 0x9e3779b9) | 0);

/** The `index`-th 32-bit word of the stream `key`: uniform in 0 … 2^32 − 1. */
export const word = (key: number, index: number): number => mix((key + Math.imul(index + 1, 0x9e3779b9)) | 0) >>> 0;

/** Uniform in (0, 1): never exactly 0 or 1. */
export const uniform = (key: number, index: number): number => (word(key, index) + 0.5) * 2.3283064365386963e-10;

/** A source of random numbers that steps through one stream; for everything that is drawn in order. */
export interface Random {
  /** Uniform in (0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Whole number in 0 … below − 1. */
  below(below: number): number;
}

/** Steps through the stream of `key`. Normals by the polar-free Box-Muller form on our own log, sin and cos. */
export function randomStream(key: number): Random {
  let index = 0;
  let spare = NaN;
  const next = () => uniform(key, index++);
  return {
    uniform: next,
    below: (below) => Math.floor(next() * below),
    normal() {
      if (spare === spare) {
        const kept = spare;
        spare = NaN;
        return kept;
      }
      const radius = Math.sqrt(-2 * log(next()));
      const turn = 6.283185307179586 * next();
      spare = radius * sin(turn);
      return radius * cos(turn);
    },
  };
}
