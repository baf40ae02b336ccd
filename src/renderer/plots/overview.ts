import type { Palette } from '../theme/theme';
import { NUMBER_FONT, TEXT_FONT } from '../theme/theme';
import { crossesSeam, roundTicks, tickText, wrapDegrees } from './axis';
import type { PlotHistory } from './plotHistory';

export interface OverviewWindow {
  /** Axis values of the history: what the overview spans, and what the plots show of it. */
  readonly from: number;
  readonly to: number;
  readonly shownFrom: number;
  readonly shownTo: number;
  readonly now: number;
  /** Axis value from which the times below count; undefined: from the right end, which is now. */
  readonly origin?: number;
}
/** Seconds that the overview spans at most, and at least, whatever the plots show. */
const LONGEST = 60;
const SHORTEST = 12;
/** What the overview spans: the last minute, or as much of it as there is. */
export const overviewSpan = (history: PlotHistory): number =>
  history.count === 0 ? SHORTEST : Math.max(SHORTEST, Math.min(LONGEST, history.x(history.count - 1) - history.x(0)));
const MARGIN = 14;

/** One signal over the last minute, with what happened, and the window that the plots show. */
export class Overview {
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private palette: Palette,
  ) {}
  recolour(palette: Palette): void {
    this.palette = palette;
  }
  /** Axis value under a place on the canvas, px. */
  static valueAt(px: number, width: number, window: OverviewWindow): number {
    return window.from + ((px - MARGIN) / (width - 2 * MARGIN)) * (window.to - window.from);
  }
  update(history: PlotHistory, channel: number, factor: number, wraps: boolean, window: OverviewWindow): void {
    const { canvas, palette } = this;
    const context = canvas.getContext('2d');
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (context === null || width < 60) return;
    const ratio = globalThis.devicePixelRatio || 1;
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const [top, bottom] = [22, height - 20];
    const X = (x: number) => MARGIN + ((x - window.from) / (window.to - window.from)) * (width - 2 * MARGIN);
    context.lineWidth = 1;
    const [w0, w1] = [Math.max(MARGIN, X(window.shownFrom)), Math.min(width - MARGIN, X(window.shownTo))];
    context.fillStyle = palette.bar;
    context.globalAlpha = 0.55;
    context.fillRect(w0, top, Math.max(2, w1 - w0), bottom - top);
    context.globalAlpha = 1;
    context.strokeStyle = palette.text3;
    context.strokeRect(Math.round(w0) + 0.5, top + 0.5, Math.max(2, Math.round(w1 - w0)), bottom - top);
    context.strokeStyle = palette.lineStrong;
    line(context, MARGIN, bottom, width - MARGIN, bottom);

    const rows = { from: history.firstAtOrAfter(window.from), to: history.firstAtOrAfter(window.to + 1e-9) };
    let [low, high] = wraps ? [-185, 185] : [Infinity, -Infinity];
    if (!wraps)
      for (let row = rows.from; row < rows.to; row++) {
        const value = history.state(row, channel) * factor;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    if (!(high - low > 1e-9)) [low, high] = [low - 1, low + 1];
    const Y = (value: number) => bottom - 3 - ((value - low) / (high - low)) * (bottom - top - 6);
    context.strokeStyle = palette.text2;
    context.lineWidth = 1.2;
    context.beginPath();
    let previous = NaN;
    for (let row = rows.from; row < rows.to; row++) {
      const raw = history.state(row, channel) * factor;
      const value = wraps ? wrapDegrees(raw) : raw;
      const broken = Number.isNaN(previous) || history.breaksBefore(row) || (wraps && crossesSeam(previous, value));
      if (broken) context.moveTo(X(history.x(row)), Y(value));
      else context.lineTo(X(history.x(row)), Y(value));
      previous = value;
    }
    context.stroke();
    this.drawMarks(context, history, window, X, top, width);
    context.strokeStyle = palette.now;
    line(context, X(window.now), top - 4, X(window.now), bottom);
    if (window.origin !== undefined) {
      // a cursor that can be taken hold of
      context.fillStyle = palette.now;
      context.beginPath();
      context.arc(X(window.now), top - 5, 5, 0, 2 * Math.PI);
      context.fill();
    }
    context.font = `450 11px ${NUMBER_FONT}`;
    context.textBaseline = 'top';
    context.fillStyle = palette.axis;
    const end = window.origin ?? window.to;
    const ticks = roundTicks(window.from - end, window.to - end, 6);
    for (const seconds of ticks) {
      const at = X(end + seconds);
      const isNow = window.origin === undefined && Math.abs(seconds) < 1e-9;
      const text = isNow ? 'now' : tickText(seconds, ticks[1] - ticks[0]);
      const named = seconds === ticks[ticks.length - (window.origin === undefined ? 2 : 1)];
      context.textAlign = isNow ? 'right' : at > width - MARGIN - 8 ? 'right' : 'center';
      if (at > MARGIN + 8 || window.origin !== undefined) context.fillText(named ? `${text} s` : text, isNow ? width - 4 : at, bottom + 5);
    }
  }
  private drawMarks(
    context: CanvasRenderingContext2D,
    history: PlotHistory,
    window: OverviewWindow,
    X: (x: number) => number,
    top: number,
    width: number,
  ): void {
    const { palette } = this;
    context.font = `450 11px ${TEXT_FONT}`;
    context.textBaseline = 'alphabetic';
    context.textAlign = 'left';
    let free = MARGIN;
    for (const { x, label, kind } of history.marksBetween(window.from, window.to)) {
      const at = X(x);
      context.fillStyle =
        kind === 'target' || kind === 'upright'
          ? palette.target
          : kind === 'push'
            ? palette.second
            : kind === 'fault'
              ? palette.limit
              : palette.text2;
      if (at - 5 < free && free > MARGIN) {
        context.fillRect(Math.round(at), top + 2, 1, 6); // no room for words: a tick
        continue;
      }
      context.beginPath();
      context.moveTo(at - 4, top - 9);
      context.lineTo(at + 4, top - 9);
      context.lineTo(at, top - 2);
      context.fill();
      const wide = context.measureText(label).width;
      free = at + 5;
      if (at + 8 + wide > width - 4) continue;
      context.fillText(label, at + 8, top - 2);
      free = at + 8 + wide + 14;
    }
  }
}
function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
  context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
  context.stroke();
}
