import { STOPS } from './sliderScale';

/** Speeds of 0.1x … 10x on a slider: logarithmic, with 1x in the middle. */
export const stopOf = (speed: number): number => Math.round((STOPS * (Math.log10(speed) + 1)) / 2);
/** The middle holds a little: nobody means 1.04x. */
export function speedOf(stop: number): number {
  const raw = 10 ** ((2 * stop) / STOPS - 1);
  return Math.abs(stop - STOPS / 2) < 25 ? 1 : Number(raw.toPrecision(2));
}
