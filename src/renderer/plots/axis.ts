const TURN = 360;

/** Degrees in (−180, 180]. */
export function wrapDegrees(angle: number): number {
  const wrapped = angle - TURN * Math.round(angle / TURN);
  return wrapped === -180 ? 180 : wrapped;
}
/** Whether a line from one wrapped angle to the next would cross the whole plot: it is broken there instead. */
export const crossesSeam = (from: number, to: number): boolean => Math.abs(to - from) > 180;

/** Round steps 1, 2, 5 × 10ⁿ so that about `wanted` of them fill the span. */
export function roundStep(span: number, wanted: number): number {
  if (!(span > 0)) return 1;
  const raw = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(raw));
  const share = raw / power;
  return (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10) * power;
}
/** Multiples of a round step inside [low, high]. */
export function roundTicks(low: number, high: number, wanted: number): number[] {
  const ticks: number[] = [];
  const fill = (step: number) => {
    ticks.length = 0;
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) ticks.push(i * step);
  };
  fill(roundStep(high - low, wanted));
  if (ticks.length < 2) fill(roundStep(high - low, wanted * 2.2)); // one tick alone gives no scale
  return ticks;
}
/** The same with their labels, in as many digits as tell neighbours apart. */
export function labelledTicks(low: number, high: number, wanted: number): { readonly value: number; readonly text: string }[] {
  const ticks = roundTicks(low, high, wanted);
  const step = ticks.length > 1 ? ticks[1] - ticks[0] : roundStep(high - low, wanted);
  return ticks.map((value) => ({ value, text: tickText(value, step) }));
}
/** Degrees at which an unwrapped angle points straight up or down, every other one where more than `most` would stand; plain ticks where there are fewer than two. */
export function turnTicks(low: number, high: number, most: number): { readonly value: number; readonly text: string }[] {
  let step = TURN / 2;
  while ((high - low) / step > Math.max(2, most)) step *= 2;
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  if (count < 2) return labelledTicks(low, high, Math.min(5, most));
  return Array.from({ length: count }, (_, i) => (first + i) * step).map((value) => ({
    value,
    text: `${value % TURN === 0 ? 'up' : 'down'} ${tickText(value, step)}`,
  }));
}
/** A range with some air, never empty, that moves only when it must: an axis that breathes with every sample cannot be read. */
export class SteadyRange {
  private low = NaN;
  private high = NaN;

  /** @param fixed  values that must always be inside */
  next(low: number, high: number, fixed: readonly number[] = []): [number, number] {
    let [a, b] = [Math.min(low, ...fixed), Math.max(high, ...fixed)];
    if (!Number.isFinite(a) || !Number.isFinite(b))
      [a, b] = [fixed.length > 0 ? Math.min(...fixed) : 0, fixed.length > 0 ? Math.max(...fixed) : 1];
    if (b - a < 1e-9) [a, b] = [a - 0.5, b + 0.5];
    const air = 0.06 * (b - a);
    const span = this.high - this.low;
    const fits = a >= this.low && b <= this.high;
    const tight = b - a > 0.55 * span;
    if (!(fits && tight)) {
      const step = roundStep(b - a, 6);
      this.low = a === 0 && Math.min(...fixed, 0) === 0 && low >= 0 ? 0 : Math.floor((a - air) / step) * step;
      this.high = Math.ceil((b + air) / step) * step;
    }
    return [this.low, this.high];
  }
  reset(): void {
    this.low = this.high = NaN;
  }
}
/** Tick label with a true minus and no false digits. */
export function tickText(value: number, step: number): string {
  const digits = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  const text = value.toFixed(digits);
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '\u2212');
}
