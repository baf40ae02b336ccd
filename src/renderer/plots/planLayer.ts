import type uPlot from 'uplot';
import { drawBand, drawPlan } from './planDrawing';
import type { Sight } from './plotDrawing';
import { originOf } from './plotWindow';

/**
 * The plan over a whole run, on a canvas of its own: it changes with the cursor, and thousands of rows below it need not be
 * drawn again for it. It begins at the cursor; before that lies what was done.
 */
export class PlanLayer {
  private readonly canvas = document.createElement('canvas');
  private empty = true;

  /** @param below  the plot's own canvas */
  constructor(below: HTMLCanvasElement) {
    Object.assign(this.canvas.style, { position: 'absolute', inset: '0', pointerEvents: 'none' });
    below.after(this.canvas);
  }
  draw(plot: uPlot, sight: Sight): void {
    const { canvas } = this;
    const { plan, now } = sight.window;
    const { width, height } = plot.ctx.canvas;
    if (plan === undefined && this.empty) return;
    const ctx = canvas.getContext('2d');
    if (ctx === null) return;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    ctx.clearRect(0, 0, width, height);
    this.empty = plan === undefined;
    if (this.empty) return;
    const { left, top, width: wide, height: high } = plot.bbox;
    const from = Math.max(left, plot.valToPos(now - originOf(sight.window), 'x', true));
    ctx.save();
    ctx.beginPath();
    ctx.rect(from, top, Math.max(0, left + wide - from), high);
    ctx.clip();
    drawBand(plot, sight, ctx);
    drawPlan(plot, sight, ctx);
    ctx.restore();
  }
}
