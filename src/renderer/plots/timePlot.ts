import './localeGuard';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { NUMBER_FONT, type Palette } from '../theme/theme';
import { roundTicks, tickText, turnTicks } from './axis';
import { drawAbove, drawBehind, type Sight } from './plotDrawing';
import { brokenLine, brokenPath } from './linePath';
import { PlanLayer } from './planLayer';
import type { PlotHistory } from './plotHistory';
import { GUTTER, originOf, RIGHT_MARGIN, WHOLE_GUTTER, type PlotWindow } from './plotWindow';
import { SignalData, type Columns } from './signalData';
import type { Signal } from './signals';

export interface TimePlotOptions {
  readonly signal: Signal;
  readonly costTerms: readonly string[];
  /** The plot at the bottom carries the time axis for all. */
  readonly withTime: boolean;
  /** A plot of whole runs: every window has a span. */
  readonly whole?: boolean;
  readonly onHover: (seconds: number | undefined) => void;
}
/** Room for the heading, px. */
const TOP = 28;

/**
 * One strip of the stack: history left of the now line, the chosen plan and the model's band right of it; or a whole run, a
 * second one under it, and the plan from the cursor on. uPlot draws axes and measured lines; ground, plan, band and words are drawn through its hooks.
 */
export class TimePlot {
  private readonly plot: uPlot;
  private readonly data: SignalData;
  private window: PlotWindow = { now: 0, past: 3, ahead: 0, plan: undefined, planAt: 0, target: undefined };
  private bounds: [number, number] = [0, 1];
  private labels: Sight['labels'] = [];
  private columns: Columns = [];
  private readonly planLayer: PlanLayer | undefined;

  constructor(
    container: HTMLElement,
    private readonly options: TimePlotOptions,
    private palette: Palette,
  ) {
    this.data = new SignalData(options.signal, options.costTerms.length);
    const nothing = Array.from({ length: this.data.width + (options.whole === true ? 1 : 0) }, (_, c) =>
      c === 0 ? [0] : [null],
    ) as unknown as uPlot.AlignedData;
    this.plot = new uPlot(this.settings(container.clientWidth, container.clientHeight), nothing, container);
    const { kind } = options.signal;
    if (options.whole === true && (kind === 'state' || kind === 'action')) this.planLayer = new PlanLayer(this.plot.ctx.canvas);
  }

  resize(width: number, height: number): void {
    if (width > 10 && height > 10) this.plot.setSize({ width, height });
  }
  recolour(palette: Palette): void {
    this.palette = palette;
    this.plot.redraw(false, true);
  }
  update(history: PlotHistory, window: PlotWindow): void {
    const before = this.window;
    this.window = window;
    const columns = this.data.take(history, window);
    if (columns === this.columns) return this.moveCursor(before);
    this.columns = columns;
    this.bounds = this.data.bounds(columns, window);
    const { from, to } = window.span ?? { from: window.now - window.past, to: window.now };
    const origin = originOf(window);
    this.labels = history
      .marksBetween(from, to)
      .filter(({ kind }) => kind !== 'model') // the overview has these: four a second would cover the line
      .map(({ x, label, kind }) => ({ x: x - origin, text: label, kind }));
    const [xs, ...lines] = columns;
    // the second episode has its own times: its series has a path of its own, over a column of nothing
    const all = this.options.whole === true ? [xs, xs.map(() => null), ...lines] : columns;
    this.plot.setData(all as uPlot.AlignedData, true);
  }
  /** Value at a place on the time axis, screen units; NaN where nothing is known. */
  valueAt(seconds: number): number {
    return this.data.valueAt(seconds);
  }
  /** The same of the second episode. */
  otherAt(seconds: number): number {
    return this.data.otherAt(seconds);
  }
  /** Moves the crosshair of a plot that the mouse is not in. */
  pointAt(seconds: number | undefined): void {
    const left = seconds === undefined ? -10 : this.plot.valToPos(seconds, 'x');
    this.plot.setCursor({ left, top: seconds === undefined ? -10 : 0 }, false);
  }
  dispose(): void {
    this.plot.destroy();
  }

  /** The lines are those of before: at most the plan is drawn anew. */
  private moveCursor({ target }: PlotWindow): void {
    if (target !== this.window.target) this.plot.redraw(false, false);
    else this.planLayer?.draw(this.plot, this.sight);
  }
  private get sight(): Sight {
    const { window, palette, labels, options, data } = this;
    return {
      signal: options.signal,
      window,
      palette,
      labels,
      costTerms: options.costTerms,
      other: data.other,
      terms: data.terms,
      withTime: options.withTime,
    };
  }
  private settings(width: number, height: number): uPlot.Options {
    const { signal, withTime, whole = false } = this.options;
    const font = `450 11px ${NUMBER_FONT}`;
    const grid = { show: true, width: 1, stroke: () => this.palette.grid };
    const steps = signal.kind === 'action' || signal.kind === 'planMs' || signal.kind === 'lateness';
    const lines: uPlot.Series[] =
      signal.kind === 'costs'
        ? [this.series('second', 1.2), this.series('model', 1.4), this.series('measured', 1.6)]
        : [this.series(!whole && (signal.kind === 'planMs' || signal.kind === 'lateness') ? 'second' : 'measured', 1.6, steps)];
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
        x: {
          time: false,
          range: () => {
            const { past, ahead, span } = this.window;
            return span === undefined ? [-past, Math.max(ahead, past * 0.02)] : [span.from, span.to];
          },
        },
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
          splits: (plot, _axis, low, high) => roundTicks(low, high, whole ? Math.max(3, plot.bbox.width / devicePixelRatio / 130) : 5),
          values: (_plot, splits) => (withTime ? this.timeWords(splits) : splits.map(() => '')),
        },
        {
          show: true,
          size: whole ? WHOLE_GUTTER : GUTTER,
          gap: 7,
          font,
          stroke: () => this.palette.axis,
          grid,
          ticks: { show: false },
          splits: (plot, _axis, low, high) =>
            signal.wraps && whole
              ? turnTicks(low, high, plot.bbox.height / devicePixelRatio / 20).map(({ value }) => value)
              : signal.wraps
                ? [-180, -90, 0, 90, 180]
                : roundTicks(low, high, Math.max(2, Math.min(5, plot.bbox.height / devicePixelRatio / 26))),
          values: (plot, splits) =>
            signal.wraps && whole
              ? this.turnWords(plot, splits)
              : splits.map((value) => tickText(value, splits.length > 1 ? splits[1] - splits[0] : 1)),
        },
      ],
      series: [{}, ...(whole ? [{ ...this.series('second', 1.4), paths: this.otherPath(steps) }] : []), ...lines],
      hooks: {
        drawAxes: [(plot) => drawBehind(plot, this.sight)],
        draw: [
          (plot) => {
            drawAbove(plot, this.sight);
            this.planLayer?.draw(plot, this.sight);
          },
        ],
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
  private otherPath(steps: boolean): uPlot.Series.PathBuilder {
    return (plot) => {
      const [xs, ys] = this.data.other;
      return ys.length === 0 ? null : brokenLine(plot, xs, ys, 0, xs.length - 1, steps);
    };
  }
  private turnWords(plot: uPlot, splits: number[]): string[] {
    const [low, high] = this.bounds;
    const named = new Map(turnTicks(low, high, plot.bbox.height / devicePixelRatio / 20).map(({ value, text }) => [value, text]));
    return splits.map((value) => named.get(value) ?? '');
  }
  private timeWords(splits: number[]): string[] {
    const { whole = false } = this.options;
    const step = splits.length > 1 ? splits[1] - splits[0] : 1;
    return splits.map((value, i) => {
      if (!whole && Math.abs(value) < 1e-9) return ''; // "now" is written by hand, brighter
      const text = value > 0 && !whole ? `+${tickText(value, step)}` : tickText(value, step);
      return i === splits.length - 1 ? `${text} s` : text;
    });
  }
}
