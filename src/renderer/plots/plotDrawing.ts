import type uPlot from 'uplot';
import { NUMBER_FONT, TEXT_FONT, type Palette } from '../theme/theme';
import { drawBand, drawPlan } from './planDrawing';
import type { PlotWindow } from './plotWindow';
import type { Columns } from './signalData';
import type { Signal } from './signals';

/** What a plot of the stack draws itself, around the lines and axes of uPlot. */
export interface Sight {
  readonly signal: Signal;
  readonly window: PlotWindow;
  readonly palette: Palette;
  /** What happened, on the time axis of the plots. */
  readonly labels: readonly { readonly x: number; readonly text: string; readonly kind: string }[];
  readonly costTerms: readonly string[];
  /** The second episode's line: times and values. */
  readonly other: Columns;
  /** Terms whose lines are drawn, by index. */
  readonly terms: readonly number[];
  readonly withTime: boolean;
}

/** Behind the lines: the lighter ground of what is to come, turns, the model's band, limits and target. */
export function drawBehind(plot: uPlot, sight: Sight): void {
  const { ctx, bbox } = plot;
  const { palette, window, signal } = sight;
  const X = (seconds: number) => plot.valToPos(seconds, 'x', true);
  const Y = (value: number) => plot.valToPos(value, 'y', true);
  const right = bbox.left + bbox.width;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  if (window.span === undefined) {
    ctx.fillStyle = palette.future;
    ctx.fillRect(X(0), bbox.top, right - X(0), bbox.height);
  }
  ctx.lineWidth = devicePixelRatio;
  for (const { x, kind } of sight.labels) {
    ctx.strokeStyle = kind === 'upright' ? palette.target : palette.text3;
    ctx.setLineDash([devicePixelRatio * (kind === 'upright' ? 4 : 1), 3 * devicePixelRatio]);
    stroke(ctx, [
      [X(x), bbox.top],
      [X(x), bbox.top + bbox.height],
    ]);
  }
  ctx.setLineDash([]);
  if (window.span === undefined) drawBand(plot, sight, ctx);
  ctx.strokeStyle = palette.limit;
  for (const limit of signal.limits)
    stroke(ctx, [
      [bbox.left, Y(limit)],
      [right, Y(limit)],
    ]);
  const target = signal.wraps
    ? window.span === undefined
      ? 0
      : undefined
    : signal.kind === 'state' && signal.limits.length > 0
      ? window.target
      : undefined;
  if (target !== undefined) {
    ctx.strokeStyle = palette.target;
    ctx.lineWidth = 1.25 * devicePixelRatio;
    ctx.setLineDash([4 * devicePixelRatio, 3 * devicePixelRatio]);
    stroke(ctx, [
      [bbox.left, Y(target * signal.factor)],
      [right, Y(target * signal.factor)],
    ]);
  }
  ctx.restore();
}
/** Above them: the chosen plan, and words. */
export function drawAbove(plot: uPlot, sight: Sight): void {
  const { ctx, bbox } = plot;
  const { palette, window, signal, withTime } = sight;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  if (window.span === undefined) drawPlan(plot, sight, ctx);
  ctx.restore();
  ctx.save();
  drawWords(plot, sight);
  if (withTime && window.span === undefined) {
    ctx.font = `450 ${11 * ratio}px ${NUMBER_FONT}`;
    ctx.fillStyle = palette.text;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    ctx.fillText('now', plot.valToPos(0, 'x', true), bbox.top + bbox.height + 6 * ratio);
  }
  if (signal.kind === 'costs' && (window.ahead > 0.2 || window.span !== undefined)) drawTermNames(plot, sight);
  if (signal.kind === 'costSoFar') drawTotals(plot, sight);
  ctx.restore();
}
function drawWords(plot: uPlot, sight: Sight): void {
  const { ctx, bbox } = plot;
  const { palette, signal, window } = sight;
  const whole = window.span !== undefined;
  const ratio = devicePixelRatio;
  const X = (seconds: number) => plot.valToPos(seconds, 'x', true);
  const Y = (value: number) => plot.valToPos(value, 'y', true);
  ctx.font = `450 ${11 * ratio}px ${TEXT_FONT}`;
  ctx.textBaseline = 'alphabetic';
  const right = bbox.left + bbox.width;
  if (signal.limitLabel !== '' && signal.limits.length > 0) {
    ctx.fillStyle = palette.limit;
    ctx.textAlign = 'right';
    const limit = signal.kind === 'planMs' ? signal.limits[0] : signal.limits.find((value) => value < 0);
    if (limit !== undefined) words(ctx, palette, signal.limitLabel, right - 3 * ratio, Y(limit) - 5 * ratio);
  }
  if (!signal.wraps) return;
  ctx.fillStyle = palette.text2;
  ctx.textAlign = 'left';
  if (!whole) {
    words(ctx, palette, 'up', bbox.left + 4 * ratio, Y(0) + 14 * ratio);
    words(ctx, palette, 'down', bbox.left + 4 * ratio, Y(180) + 14 * ratio);
  }
  let free = bbox.left + (whole ? 0 : 34 * ratio);
  const end = whole ? right : X(0);
  for (const { x, text, kind } of sight.labels) {
    const at = X(x) + 6 * ratio;
    const width = ctx.measureText(text).width;
    if (at < free || at + width > end - 4 * ratio) continue;
    ctx.fillStyle = kind === 'upright' ? palette.target : palette.text2;
    words(ctx, palette, text, at, whole ? bbox.top + 10 * ratio : Y(-180) - 5 * ratio);
    free = at + width + 12 * ratio;
  }
}
/** What the episodes cost in all, as far as they are seen, at the ends of their lines. */
function drawTotals(plot: uPlot, { palette, other, window }: Sight): void {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  const own = plot.data as unknown as Columns;
  const ends = [
    { name: window.other === undefined ? '' : 'A ', xs: own[0], ys: own[own.length - 1], colour: palette.measured },
    { name: 'B ', xs: other[0], ys: other[1], colour: palette.second },
  ].flatMap(({ name, xs, ys, colour }) => {
    let last = ys.length - 1;
    while (last >= 0 && ys[last] === null) last--;
    return last < 0 ? [] : [{ text: `${name}${ys[last]!.toFixed(0)}`, x: xs[last]!, y: ys[last]!, colour }];
  });
  const highest = Math.max(...ends.map(({ y }) => y));
  ctx.font = `450 ${11 * ratio}px ${TEXT_FONT}`;
  ctx.textAlign = 'right';
  ctx.textBaseline = 'alphabetic';
  for (const { text, x, y, colour } of ends) {
    const right = Math.min(bbox.left + bbox.width - 3 * ratio, plot.valToPos(x, 'x', true) - 3 * ratio);
    const above = y === highest && plot.valToPos(y, 'y', true) - 16 * ratio > bbox.top;
    ctx.fillStyle = colour;
    words(ctx, palette, text, right, plot.valToPos(y, 'y', true) + (above ? -6 : 15) * ratio);
  }
}
function drawTermNames(plot: uPlot, sight: Sight): void {
  const { ctx, bbox } = plot;
  const { palette } = sight;
  const ratio = devicePixelRatio;
  const whole = sight.window.span !== undefined;
  const x = whole ? bbox.left + 8 * ratio : plot.valToPos(0, 'x', true) + 8 * ratio;
  ctx.font = `450 ${11 * ratio}px ${TEXT_FONT}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'alphabetic';
  const names: readonly [string, string][] = [
    ['total', palette.measured],
    ...sight.terms.map((term, i): [string, string] => [sight.costTerms[term].toLowerCase(), i === 0 ? palette.second : palette.model]),
  ];
  names.forEach(([name, colour], i) => {
    ctx.fillStyle = colour;
    ctx.fillText(name, x, bbox.top + (11 + 16 * i) * ratio);
  });
  const note = 'known only up to now';
  if (whole || bbox.height < (11 + 16 * names.length + 8) * ratio || x + ctx.measureText(note).width > bbox.left + bbox.width + 8 * ratio)
    return;
  ctx.fillStyle = palette.text2;
  ctx.fillText(note, x, bbox.top + bbox.height - 6 * ratio);
}
/** Text with a halo of the ground, so that a line behind it does not hurt. */
function words(ctx: CanvasRenderingContext2D, palette: Palette, text: string, x: number, y: number): void {
  ctx.save();
  ctx.strokeStyle = palette.raised;
  ctx.lineWidth = 4 * devicePixelRatio;
  ctx.lineJoin = 'round';
  ctx.strokeText(text, x, y);
  ctx.restore();
  ctx.fillText(text, x, y);
}

function stroke(ctx: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  ctx.beginPath();
  for (const [x, y] of points) ctx.lineTo(Math.round(x) + 0.5, Math.round(y) + 0.5);
  ctx.stroke();
}
