import type uPlot from 'uplot';
import type { PlanFrame } from '../../shared/episodes/planFrame';
import { crossesSeam, wrapDegrees } from './axis';
import type { Sight } from './plotDrawing';
import { originOf } from './plotWindow';
import type { Signal } from './signals';

/** What the model says about the chosen plan: 50 and 90 %, clipped by an axis that follows measured and plan only. */
export function drawBand(plot: uPlot, sight: Sight, ctx: CanvasRenderingContext2D): void {
  const { signal, palette } = sight;
  const { plan, planAt, span } = sight.window;
  if (plan === undefined || plan.bandLevels !== 4 || signal.kind !== 'state') return;
  const points = plan.horizon + 1;
  const X = (h: number) => plot.valToPos(planAt - originOf(sight.window) + h * plan.period, 'x', true);
  const value = (level: number, h: number) => plan.band[(level * points + h) * plan.size + signal.channel] * signal.factor;
  const turns = signal.wraps && span === undefined ? turnsOf(plan, signal) : [0];
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

/** The chosen plan. */
export function drawPlan(plot: uPlot, sight: Sight, ctx: CanvasRenderingContext2D): void {
  const { signal, palette } = sight;
  const { plan, planAt, span } = sight.window;
  if (plan === undefined || (signal.kind !== 'state' && signal.kind !== 'action')) return;
  const ratio = devicePixelRatio;
  const X = (h: number) => plot.valToPos(planAt - originOf(sight.window) + h * plan.period, 'x', true);
  const onCircle = signal.wraps && span === undefined;
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
      const value = onCircle ? wrapDegrees(raw) : raw;
      if (h > 0 && onCircle && crossesSeam(previous, value)) {
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
