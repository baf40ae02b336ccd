import type uPlot from 'uplot';
import type { PlanFrame } from '../../shared/episodes/planFrame';
import { NUMBER_FONT, TEXT_FONT, type Palette } from '../theme/theme';
import { crossesSeam, wrapDegrees } from './axis';
import type { PlotWindow } from './plotWindow';
import type { Signal } from './signals';

/** What a plot of the stack draws itself, around the lines and axes of uPlot. */
export interface Sight {
  readonly signal: Signal;
  readonly window: PlotWindow;
  readonly palette: Palette;
  /** What happened, seconds from now. */
  readonly labels: readonly { readonly x: number; readonly text: string }[];
  readonly costTerms: readonly string[];
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
  ctx.fillStyle = palette.future;
  ctx.fillRect(X(0), bbox.top, right - X(0), bbox.height);
  ctx.lineWidth = devicePixelRatio;
  ctx.strokeStyle = palette.text3;
  ctx.setLineDash([devicePixelRatio, 3 * devicePixelRatio]);
  for (const { x } of sight.labels)
    stroke(ctx, [
      [X(x), bbox.top],
      [X(x), bbox.top + bbox.height],
    ]);
  ctx.setLineDash([]);
  drawBand(plot, sight);
  ctx.strokeStyle = palette.limit;
  for (const limit of signal.limits)
    stroke(ctx, [
      [bbox.left, Y(limit)],
      [right, Y(limit)],
    ]);
  const target = signal.wraps ? 0 : signal.kind === 'state' && signal.limits.length > 0 ? window.target : undefined;
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
/** What the model says about the chosen plan: 50 and 90 %, clipped by an axis that follows measured and plan only. */
function drawBand(plot: uPlot, sight: Sight): void {
  const { signal, palette } = sight;
  const { plan, planAt, now } = sight.window;
  if (plan === undefined || plan.bandLevels !== 4 || signal.kind !== 'state') return;
  const points = plan.horizon + 1;
  const { ctx } = plot;
  const X = (h: number) => plot.valToPos(planAt - now + h * plan.period, 'x', true);
  const value = (level: number, h: number) => plan.band[(level * points + h) * plan.size + signal.channel] * signal.factor;
  const turns = signal.wraps ? turnsOf(plan, signal) : [0];
  for (const [low, high, colour] of [
    [0, 3, palette.plan90],
    [1, 2, palette.plan50],
  ] as const) {
    ctx.fillStyle = colour;
    for (const turn of turns) {
      ctx.beginPath();
      for (let h = 0; h < points; h++) ctx.lineTo(X(h), plot.valToPos(value(high, h) - turn, 'y', true));
      for (let h = points - 1; h >= 0; h--) ctx.lineTo(X(h), plot.valToPos(value(low, h) - turn, 'y', true));
      ctx.closePath();
      ctx.fill();
    }
  }
}
/** Full turns, degrees, by which a band must be shifted to show every part of it that lies within (−180, 180]. */
function turnsOf(plan: PlanFrame, signal: Signal): number[] {
  let [low, high] = [Infinity, -Infinity];
  const points = plan.horizon + 1;
  for (let h = 0; h < points; h++) {
    low = Math.min(low, plan.band[h * plan.size + signal.channel] * signal.factor);
    high = Math.max(high, plan.band[(3 * points + h) * plan.size + signal.channel] * signal.factor);
  }
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [];
  const first = Math.round(low / 360);
  const last = Math.min(first + 6, Math.round(high / 360));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * 360);
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
  drawPlan(plot, sight);
  ctx.restore();
  ctx.save();
  drawWords(plot, sight);
  if (withTime) {
    ctx.font = `450 ${11 * ratio}px ${NUMBER_FONT}`;
    ctx.fillStyle = palette.text;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'top';
    ctx.fillText('now', plot.valToPos(0, 'x', true), bbox.top + bbox.height + 6 * ratio);
  }
  if (signal.kind === 'costs' && window.ahead > 0.2) drawTermNames(plot, sight);
  ctx.restore();
}
function drawPlan(plot: uPlot, sight: Sight): void {
  const { signal, palette } = sight;
  const { plan, planAt, now } = sight.window;
  if (plan === undefined || (signal.kind !== 'state' && signal.kind !== 'action')) return;
  const { ctx } = plot;
  const ratio = devicePixelRatio;
  const X = (h: number) => plot.valToPos(planAt - now + h * plan.period, 'x', true);
  const Y = (value: number) => plot.valToPos(value, 'y', true);
  ctx.strokeStyle = palette.plan;
  ctx.lineWidth = 2 * ratio;
  ctx.setLineDash([5 * ratio, 3 * ratio]);
  ctx.lineJoin = 'round';
  ctx.beginPath();
  if (signal.kind === 'action') {
    for (let h = 0; h < plan.horizon; h++) {
      const y = Y(plan.actions[h] * signal.factor);
      if (h === 0) ctx.moveTo(X(0), y);
      else ctx.lineTo(X(h), y);
      ctx.lineTo(X(h + 1), y);
    }
  } else {
    let previous = NaN;
    for (let h = 0; h <= plan.horizon; h++) {
      const raw = plan.states[h * plan.size + signal.channel] * signal.factor;
      const value = signal.wraps ? wrapDegrees(raw) : raw;
      if (h > 0 && signal.wraps && crossesSeam(previous, value)) {
        // leave at one edge and come in at the other, instead of a line across
        const way = value < previous ? 360 : -360;
        ctx.lineTo(X(h), Y(value + way));
        ctx.moveTo(X(h - 1), Y(previous - way));
      }
      if (h === 0) ctx.moveTo(X(0), Y(value));
      else ctx.lineTo(X(h), Y(value));
      previous = value;
    }
  }
  ctx.stroke();
}
function drawWords(plot: uPlot, sight: Sight): void {
  const { ctx, bbox } = plot;
  const { palette, signal } = sight;
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
  words(ctx, palette, 'up', bbox.left + 4 * ratio, Y(0) + 14 * ratio);
  words(ctx, palette, 'down', bbox.left + 4 * ratio, Y(180) + 14 * ratio);
  let free = bbox.left + 34 * ratio;
  const now = X(0);
  for (const { x, text } of sight.labels) {
    const at = X(x) + 6 * ratio;
    const width = ctx.measureText(text).width;
    if (at < free || at + width > now - 4 * ratio) continue;
    words(ctx, palette, text, at, Y(-180) - 5 * ratio);
    free = at + width + 12 * ratio;
  }
}
function drawTermNames(plot: uPlot, sight: Sight): void {
  const { ctx, bbox } = plot;
  const { palette } = sight;
  const ratio = devicePixelRatio;
  const x = plot.valToPos(0, 'x', true) + 8 * ratio;
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
  if (bbox.height < (11 + 16 * names.length + 8) * ratio || x + ctx.measureText(note).width > bbox.left + bbox.width + 8 * ratio) return;
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
