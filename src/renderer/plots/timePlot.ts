import './localeGuard';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { NUMBER_FONT, type Palette } from '../theme/theme';
import { roundTicks, tickText } from './axis';
import { drawAbove, drawBehind, type Sight } from './plotDrawing';
import type { PlotHistory } from './plotHistory';
import { GUTTER, RIGHT_MARGIN, type PlotWindow } from './plotWindow';
import { SignalData } from './signalData';
import type { Signal } from './signals';

export interface TimePlotOptions {
  readonly signal: Signal;
  readonly costTerms: readonly string[];
  /** The plot at the bottom carries the time axis for all. */
  readonly withTime: boolean;
  readonly onHover: (seconds: number | undefined) => void;
}
/** Room for the heading, px. */
const TOP = 28;

/**
 * One strip of the stack: history left of the now line, the chosen plan and the model's band right of it. uPlot draws
 * axes and measured lines; ground, plan, band and words are drawn through its hooks.
 */
export class TimePlot {
  private readonly plot: uPlot;
  private readonly data: SignalData;
  private window: PlotWindow = { now: 0, past: 3, ahead: 0, plan: undefined, planAt: 0, target: undefined };
  private bounds: [number, number] = [0, 1];
  private labels: Sight['labels'] = [];

  constructor(
    container: HTMLElement,
    private readonly options: TimePlotOptions,
    private palette: Palette,
  ) {
    this.data = new SignalData(options.signal, options.costTerms.length);
    const nothing = Array.from({ length: this.data.width }, (_, c) => (c === 0 ? [0] : [null])) as unknown as uPlot.AlignedData;
    this.plot = new uPlot(this.settings(container.clientWidth, container.clientHeight), nothing, container);
  }

  resize(width: number, height: number): void {
    if (width > 10 && height > 10) this.plot.setSize({ width, height });
  }
  recolour(palette: Palette): void {
    this.palette = palette;
    this.plot.redraw(false, true);
  }
  update(history: PlotHistory, window: PlotWindow): void {
    this.window = window;
    const columns = this.data.take(history, window);
    this.bounds = this.data.bounds(columns, window);
    this.labels = history.marksBetween(window.now - window.past, window.now).map(({ x, label }) => ({ x: x - window.now, text: label }));
    this.plot.setData(columns as uPlot.AlignedData, true);
  }
  /** Value at some seconds from now, screen units; NaN where nothing is known. */
  valueAt(seconds: number): number {
    return this.data.valueAt(seconds);
  }
  /** Moves the crosshair of a plot that the mouse is not in. */
  pointAt(seconds: number | undefined): void {
    const left = seconds === undefined ? -10 : this.plot.valToPos(seconds, 'x');
    this.plot.setCursor({ left, top: seconds === undefined ? -10 : 0 }, false);
  }
  dispose(): void {
    this.plot.destroy();
  }

  private get sight(): Sight {
    const { window, palette, labels, options, data } = this;
    return { signal: options.signal, window, palette, labels, costTerms: options.costTerms, terms: data.terms, withTime: options.withTime };
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
        drawAxes: [(plot) => drawBehind(plot, this.sight)],
        draw: [(plot) => drawAbove(plot, this.sight)],
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
