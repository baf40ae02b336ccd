import './localeGuard';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { Palette } from '../theme/theme';
import { NUMBER_FONT, TEXT_FONT } from '../theme/theme';
import { crossesSeam, roundTicks, SteadyRange, tickText, wrapDegrees } from './axis';
import type { PlotHistory } from './plotHistory';
import type { Signal } from './signals';

/** What a plot shows: the window, in seconds around the common now line. */
export interface PlotWindow {
  /** Axis value of the history at the now line. */
  readonly now: number;
  readonly past: number;
  readonly ahead: number;
  readonly plan: PlanFrame | undefined;
  /** Axis value at which the plan begins. */
  readonly planAt: number;
  readonly target: number | undefined;
}
export interface TimePlotOptions {
  readonly signal: Signal;
  readonly costTerms: readonly string[];
  /** The plot at the bottom carries the time axis for all. */
  readonly withTime: boolean;
  readonly onHover: (seconds: number | undefined) => void;
}
/** Same gutter for every plot, so that times line up. */
export const GUTTER = 52;
export const RIGHT_MARGIN = 14;
const TOP = 28;
const MAX_TERMS = 2;

/**
 * One strip of the stack: history left of the now line, the chosen plan and the model's band right of it. uPlot draws
 * axes and measured lines; ground, plan, band and words are drawn here through its hooks.
 */
export class TimePlot {
  private readonly plot: uPlot;
  private readonly range = new SteadyRange();
  private window: PlotWindow = { now: 0, past: 3, ahead: 0, plan: undefined, planAt: 0, target: undefined };
  private history: PlotHistory | undefined;
  private bounds: [number, number] = [0, 1];
  private labels: { readonly x: number; readonly text: string }[] = [];
  /** The two cost terms that weigh most now. */
  private terms: number[] = [];

  constructor(
    container: HTMLElement,
    private readonly options: TimePlotOptions,
    private palette: Palette,
  ) {
    this.plot = new uPlot(this.settings(container.clientWidth, container.clientHeight), this.noData(), container);
  }

  resize(width: number, height: number): void {
    if (width > 10 && height > 10) this.plot.setSize({ width, height });
  }
  recolour(palette: Palette): void {
    this.palette = palette;
    this.plot.redraw(false, true);
  }
  update(history: PlotHistory, window: PlotWindow): void {
    this.history = history;
    this.window = window;
    const columns = this.columns(history, window);
    this.bounds = this.yBounds(columns.slice(1) as (number | null)[][], window);
    this.labels = history.marksBetween(window.now - window.past, window.now).map(({ x, label }) => ({ x: x - window.now, text: label }));
    this.plot.setData(columns as uPlot.AlignedData, true);
  }
  /** Value at some seconds before now, screen units; NaN where nothing is known. */
  valueAt(seconds: number): number {
    const { history, window } = this;
    if (history === undefined) return NaN;
    if (seconds > 0) return this.planValueAt(seconds);
    const row = history.nearest(window.now + seconds);
    return row < 0 ? NaN : this.valueOfRow(history, row);
  }
  /** Moves the crosshair of a plot that the mouse is not in. */
  pointAt(seconds: number | undefined): void {
    const left = seconds === undefined ? -10 : this.plot.valToPos(seconds, 'x');
    this.plot.setCursor({ left, top: seconds === undefined ? -10 : 0 }, false);
  }
  dispose(): void {
    this.plot.destroy();
  }

  private noData(): uPlot.AlignedData {
    return Array.from({ length: this.options.signal.kind === 'costs' ? 4 : 2 }, (_, c) =>
      c === 0 ? [0] : [null],
    ) as unknown as uPlot.AlignedData;
  }
  private settings(width: number, height: number): uPlot.Options {
    const { signal, withTime } = this.options;
    const font = `450 11px ${NUMBER_FONT}`;
    const grid = { show: true, width: 1, stroke: () => this.palette.grid };
    const lines: uPlot.Series[] =
      signal.kind === 'costs'
        ? [this.series('second', 1.2), this.series('model', 1.4), this.series('measured', 1.6)]
        : [
            this.series(
              signal.kind === 'planMs' || signal.kind === 'lateness' ? 'second' : 'measured',
              1.6,
              signal.kind === 'action' || signal.kind === 'planMs' || signal.kind === 'lateness',
            ),
          ];
    return {
      width: Math.max(20, width),
      height: Math.max(20, height),
      padding: [TOP, RIGHT_MARGIN, withTime ? 0 : 8, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: false, y: false, setScale: false },
        bind: { dblclick: () => null },
      },
      scales: {
        x: { time: false, range: () => [-this.window.past, Math.max(this.window.ahead, this.window.past * 0.02)] },
        y: { range: () => this.bounds },
      },
      axes: [
        {
          show: true,
          size: withTime ? 24 : 0,
          gap: 4,
          font,
          stroke: () => this.palette.axis,
          grid,
          ticks: { show: false },
          border: { show: true, width: 1, stroke: () => this.palette.lineStrong },
          splits: (_plot, _axis, low, high) => roundTicks(low, high, 5),
          values: (_plot, splits) => (withTime ? this.timeWords(splits) : splits.map(() => '')),
        },
        {
          show: true,
          size: GUTTER,
          gap: 7,
          font,
          stroke: () => this.palette.axis,
          grid,
          ticks: { show: false },
          splits: (plot, _axis, low, high) =>
            signal.wraps
              ? [-180, -90, 0, 90, 180]
              : roundTicks(low, high, Math.max(2, Math.min(5, plot.bbox.height / devicePixelRatio / 26))),
          values: (_plot, splits) => splits.map((value) => tickText(value, splits.length > 1 ? splits[1] - splits[0] : 1)),
        },
      ],
      series: [{}, ...lines],
      hooks: {
        drawAxes: [(plot) => this.drawBehind(plot)],
        draw: [(plot) => this.drawAbove(plot)],
        setCursor: [
          (plot) => {
            const { left } = plot.cursor;
            if (plot.cursor.event === undefined || plot.cursor.event === null) return;
            this.options.onHover(left === undefined || left < 0 ? undefined : plot.posToVal(left, 'x'));
          },
        ],
      },
    };
  }
  private series(role: 'measured' | 'second' | 'model', width: number, steps = false): uPlot.Series {
    return {
      stroke: () => this.palette[role],
      width,
      points: { show: false },
      spanGaps: false,
      paths: brokenPath(steps),
    };
  }
  private timeWords(splits: number[]): string[] {
    const step = splits.length > 1 ? splits[1] - splits[0] : 1;
    return splits.map((value, i) => {
      if (Math.abs(value) < 1e-9) return ''; // "now" is written by hand, brighter
      const text = value > 0 ? `+${tickText(value, step)}` : tickText(value, step);
      return i === splits.length - 1 ? `${text} s` : text;
    });
  }

  private valueOfRow(history: PlotHistory, row: number): number {
    const { signal } = this.options;
    switch (signal.kind) {
      case 'state': {
        const value = history.state(row, signal.channel) * signal.factor;
        return signal.wraps ? wrapDegrees(value) : value;
      }
      case 'action':
        return history.command(row) * signal.factor;
      case 'costs':
        return history.totalCost(row);
      case 'planMs':
        return history.planMs(row);
      default:
        return history.lateness(row);
    }
  }
  private planValueAt(seconds: number): number {
    const { signal } = this.options;
    const { plan, planAt, now } = this.window;
    if (plan === undefined) return NaN;
    const step = Math.round((now + seconds - planAt) / plan.period);
    if (step < 0 || step > plan.horizon) return NaN;
    if (signal.kind === 'action') return plan.actions[Math.min(step, plan.horizon - 1)] * signal.factor;
    if (signal.kind !== 'state') return NaN;
    const value = plan.states[step * plan.size + signal.channel] * signal.factor;
    return signal.wraps ? wrapDegrees(value) : value;
  }

  /** Rows of the window as uPlot wants them; null breaks a line. */
  private columns(history: PlotHistory, { now, past }: PlotWindow): (number | null)[][] {
    const { signal } = this.options;
    const from = Math.max(0, history.firstAtOrAfter(now - past) - 1);
    const to = history.firstAtOrAfter(now + 1e-9);
    if (signal.kind === 'costs') this.chooseTerms(history, from, to);
    const width = signal.kind === 'costs' ? 4 : 2;
    const columns: (number | null)[][] = Array.from({ length: width }, () => []);
    let previous = NaN;
    for (let row = from; row < to; row++) {
      const x = history.x(row) - now;
      const value = this.valueOfRow(history, row);
      const broken = history.breaksBefore(row) || (signal.wraps && crossesSeam(previous, value));
      if (broken && row > from) {
        columns[0].push(x - 1e-6);
        for (let c = 1; c < width; c++) columns[c].push(null);
      }
      columns[0].push(x);
      if (signal.kind === 'costs') {
        columns[1].push(this.terms.length > 0 ? finite(history.cost(row, this.terms[0])) : null);
        columns[2].push(this.terms.length > 1 ? finite(history.cost(row, this.terms[1])) : null);
        columns[3].push(finite(value));
      } else columns[1].push(finite(value));
      previous = value;
    }
    if (columns[0].length === 0) return Array.from({ length: width }, (_, c) => [c === 0 ? 0 : null]);
    // the last command holds until the next one: a step is drawn up to the now line
    if (signal.kind === 'action' || signal.kind === 'planMs') {
      columns[0].push(0.0001 + (columns[0].at(-1) ?? 0));
      columns[1].push(columns[1].at(-1) ?? null);
    }
    return columns;
  }
  private chooseTerms(history: PlotHistory, from: number, to: number): void {
    const sums = this.options.costTerms.map((_, term) => {
      let sum = 0;
      for (let row = from; row < to; row += 4) sum += Math.abs(history.cost(row, term));
      return { term, sum };
    });
    const kept = this.terms.length === Math.min(MAX_TERMS, sums.length);
    const best = sums.sort((a, b) => b.sum - a.sum).slice(0, MAX_TERMS);
    // change only for a term that clearly weighs more: labels that jump cannot be read
    const least = Math.min(...this.terms.map((term) => sums.find((entry) => entry.term === term)?.sum ?? 0));
    if (!kept || best.some(({ term, sum }) => !this.terms.includes(term) && sum > 1.6 * least))
      this.terms = best.map(({ term }) => term).sort((a, b) => a - b);
  }

  private yBounds(columns: readonly (number | null)[][], { plan, now, planAt, ahead }: PlotWindow): [number, number] {
    const { signal } = this.options;
    if (signal.wraps) return [-205, 205];
    let [low, high] = [Infinity, -Infinity];
    const see = (value: number) => {
      if (value < low) low = value;
      if (value > high) high = value;
    };
    for (const column of columns) for (const value of column) if (value !== null) see(value);
    // measured and chosen plan only: what is thought uncertain must not flatten what is known
    if (plan !== undefined && signal.kind === 'state')
      for (let h = 0; h <= plan.horizon && planAt + h * plan.period <= now + ahead; h++)
        see(plan.states[h * plan.size + signal.channel] * signal.factor);
    const fixed =
      signal.kind === 'action' || (signal.limits.length > 0 && signal.kind === 'state')
        ? signal.limits
        : signal.kind === 'planMs'
          ? [0, signal.limits[0] * 1.15]
          : signal.kind === 'state'
            ? []
            : [0];
    if (signal.kind === 'action') return [signal.limits[0] * 1.2, signal.limits[1] * 1.2];
    return this.range.next(low, high, fixed);
  }

  private drawBehind(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { palette, window } = this;
    const { signal } = this.options;
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
    for (const { x } of this.labels)
      stroke(ctx, [
        [X(x), bbox.top],
        [X(x), bbox.top + bbox.height],
      ]);
    ctx.setLineDash([]);
    this.drawBand(plot);
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
  private drawBand(plot: uPlot): void {
    const { plan, planAt, now } = this.window;
    const { signal } = this.options;
    if (plan === undefined || plan.bandLevels !== 4 || signal.kind !== 'state') return;
    const points = plan.horizon + 1;
    const { ctx } = plot;
    const X = (h: number) => plot.valToPos(planAt - now + h * plan.period, 'x', true);
    const value = (level: number, h: number) => plan.band[(level * points + h) * plan.size + signal.channel] * signal.factor;
    const turns = signal.wraps ? this.turnsOf(plan) : [0];
    for (const [low, high, colour] of [
      [0, 3, this.palette.plan90],
      [1, 2, this.palette.plan50],
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
  private turnsOf(plan: PlanFrame): number[] {
    const { signal } = this.options;
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

  private drawAbove(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { palette, window } = this;
    const { signal, withTime } = this.options;
    const ratio = devicePixelRatio;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    this.drawPlan(plot);
    ctx.restore();
    ctx.save();
    this.drawWords(plot);
    if (withTime) {
      ctx.font = `450 ${11 * ratio}px ${NUMBER_FONT}`;
      ctx.fillStyle = palette.text;
      ctx.textAlign = 'center';
      ctx.textBaseline = 'top';
      ctx.fillText('now', plot.valToPos(0, 'x', true), bbox.top + bbox.height + 6 * ratio);
    }
    if (signal.kind === 'costs' && window.ahead > 0.2) this.drawTermNames(plot);
    ctx.restore();
  }
  private drawPlan(plot: uPlot): void {
    const { plan, planAt, now } = this.window;
    const { signal } = this.options;
    if (plan === undefined || (signal.kind !== 'state' && signal.kind !== 'action')) return;
    const { ctx } = plot;
    const ratio = devicePixelRatio;
    const X = (h: number) => plot.valToPos(planAt - now + h * plan.period, 'x', true);
    const Y = (value: number) => plot.valToPos(value, 'y', true);
    ctx.strokeStyle = this.palette.plan;
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
  private drawWords(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { palette } = this;
    const { signal } = this.options;
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
      if (limit !== undefined) this.words(ctx, signal.limitLabel, right - 3 * ratio, Y(limit) - 5 * ratio);
    }
    if (!signal.wraps) return;
    ctx.fillStyle = palette.text2;
    ctx.textAlign = 'left';
    this.words(ctx, 'up', bbox.left + 4 * ratio, Y(0) + 14 * ratio);
    this.words(ctx, 'down', bbox.left + 4 * ratio, Y(180) + 14 * ratio);
    let free = bbox.left + 34 * ratio;
    const now = X(0);
    for (const { x, text } of this.labels) {
      const at = X(x) + 6 * ratio;
      const width = ctx.measureText(text).width;
      if (at < free || at + width > now - 4 * ratio) continue;
      this.words(ctx, text, at, Y(-180) - 5 * ratio);
      free = at + width + 12 * ratio;
    }
  }
  private drawTermNames(plot: uPlot): void {
    const { ctx, bbox } = plot;
    const { palette } = this;
    const ratio = devicePixelRatio;
    const x = plot.valToPos(0, 'x', true) + 8 * ratio;
    ctx.font = `450 ${11 * ratio}px ${TEXT_FONT}`;
    ctx.textAlign = 'left';
    ctx.textBaseline = 'alphabetic';
    const names: readonly [string, string][] = [
      ['total', palette.measured],
      ...this.terms.map((term, i): [string, string] => [
        this.options.costTerms[term].toLowerCase(),
        i === 0 ? palette.second : palette.model,
      ]),
    ];
    names.forEach(([name, colour], i) => {
      ctx.fillStyle = colour;
      ctx.fillText(name, x, bbox.top + (11 + 16 * i) * ratio);
    });
    const words = 'known only up to now';
    if (bbox.height < (11 + 16 * names.length + 8) * ratio || x + ctx.measureText(words).width > bbox.left + bbox.width + 8 * ratio) return;
    ctx.fillStyle = palette.text2;
    ctx.fillText(words, x, bbox.top + bbox.height - 6 * ratio);
  }
  /** Text with a halo of the ground, so that a line behind it does not hurt. */
  private words(ctx: CanvasRenderingContext2D, text: string, x: number, y: number): void {
    ctx.save();
    ctx.strokeStyle = this.palette.raised;
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.lineJoin = 'round';
    ctx.strokeText(text, x, y);
    ctx.restore();
    ctx.fillText(text, x, y);
  }
}

/** A line that is lifted at every null. uPlot's own paths only clip such gaps, and where they are narrower than a pixel a line stands across the plot. */
function brokenPath(steps: boolean): uPlot.Series.PathBuilder {
  return (plot, series, from, to) => {
    const path = new Path2D();
    const [xs, ys] = [plot.data[0], plot.data[series]];
    let pen = false;
    let last = 0;
    for (let i = from; i <= to; i++) {
      const value = ys[i];
      if (value === null || value === undefined) {
        pen = false;
        continue;
      }
      const x = plot.valToPos(xs[i], 'x', true);
      const y = plot.valToPos(value, 'y', true);
      if (!pen) path.moveTo(x, y);
      else {
        if (steps) path.lineTo(x, last);
        path.lineTo(x, y);
      }
      pen = true;
      last = y;
    }
    return { stroke: path, fill: null, clip: null, flags: 1 };
  };
}
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
function stroke(ctx: CanvasRenderingContext2D, points: readonly (readonly [number, number])[]): void {
  ctx.beginPath();
  for (const [x, y] of points) ctx.lineTo(Math.round(x) + 0.5, Math.round(y) + 0.5);
  ctx.stroke();
}
