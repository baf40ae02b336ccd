import { interpolateViridis } from 'd3-scale-chromatic';
import type { Theme } from '../theme/theme';
import type { Rgb } from './ribbons';

export const RANK_COLOURS = 256;

/** Colour of a rollout by rank, 0 worst … 1 best: viridis, reversed in light so that the best path is the darkest. */
export function rankColour(rank: number, theme: Theme): Rgb {
  const at = theme === 'light' ? 0.92 * (1 - rank) : rank;
  const text = interpolateViridis(Math.max(0, Math.min(1, at)));
  const [r, g, b] = text.startsWith('#')
    ? [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16))
    : (text.match(/\d+/g) ?? []).map(Number);
  return [r / 255, g / 255, b / 255];
}
/**
 * Which of the rollouts, sorted worst to best, are drawn when only `most` may be: the best tenth, and an even choice of
 * the others. The best alone would be a bundle in which the search cannot be seen.
 */
export function chosenPaths(rollouts: number, most: number): number[] {
  if (rollouts <= most) return Array.from({ length: rollouts }, (_, k) => k);
  const best = Math.min(Math.floor(most / 2), Math.ceil(rollouts / 10));
  const others = most - best;
  const rest = rollouts - best;
  return [
    ...Array.from({ length: others }, (_, i) => Math.floor((i * rest) / others)),
    ...Array.from({ length: best }, (_, i) => rest + i),
  ];
}
/** [256 × 4] bytes, worst to best. */
export function rankTable(theme: Theme): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(RANK_COLOURS * 4);
  for (let i = 0; i < RANK_COLOURS; i++) {
    const colour = rankColour(i / (RANK_COLOURS - 1), theme);
    for (let c = 0; c < 3; c++) table[i * 4 + c] = Math.round(colour[c] * 255);
    table[i * 4 + 3] = 255;
  }
  return table;
}
