import type { Palette } from '../theme/theme';
import { NUMBER_FONT } from '../theme/theme';
import { tickText } from './axis';

export interface ChartAxes {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly logY: boolean;
  readonly xTicks: readonly number[];
  readonly xUnit: string;
  readonly yTicks: readonly { readonly value: number; readonly text: string }[];
}
export interface ChartFrame {
  readonly context: CanvasRenderingContext2D;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  X(value: number): number;
  Y(value: number): number;
}
const MARGIN = { left: 38, top: 6, right: 8, bottom: 20 };

/** A small chart on a canvas: ground, grid and ticks are drawn here, the rest by `inside`, clipped to the plot. */
export function drawChart(canvas: HTMLCanvasElement, palette: Palette, axes: ChartAxes, inside: (frame: ChartFrame) => void): void {
  const context = canvas.getContext('2d');
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  if (context === null || width < 60 || height < 40) return;
  const ratio = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  const [left, top, right, bottom] = [MARGIN.left, MARGIN.top, width - MARGIN.right, height - MARGIN.bottom];
  const { x, y, logY } = axes;
  const scaleY = (value: number) => (logY ? Math.log10(Math.max(value, 1e-12)) : value);
  const X = (value: number) => left + ((value - x[0]) / (x[1] - x[0])) * (right - left);
  const Y = (value: number) => bottom - ((scaleY(value) - scaleY(y[0])) / (scaleY(y[1]) - scaleY(y[0]))) * (bottom - top);
  context.font = `450 11px ${NUMBER_FONT}`;
  context.lineWidth = 1;
  context.strokeStyle = palette.grid;
  context.fillStyle = palette.axis;
  const line = (x0: number, y0: number, x1: number, y1: number) => {
    context.beginPath();
    context.moveTo(Math.round(x0) + 0.5, Math.round(y0) + 0.5);
    context.lineTo(Math.round(x1) + 0.5, Math.round(y1) + 0.5);
    context.stroke();
  };
  context.textAlign = 'right';
  context.textBaseline = 'middle';
  for (const { value, text } of axes.yTicks) {
    line(left, Y(value), right, Y(value));
    context.fillText(text, left - 6, Y(value) + 0.5);
  }
  context.textBaseline = 'top';
  const step = axes.xTicks.length > 1 ? axes.xTicks[1] - axes.xTicks[0] : 1;
  axes.xTicks.forEach((value, i) => {
    line(X(value), top, X(value), bottom);
    const text = tickText(value, step) + (i === axes.xTicks.length - 1 ? ` ${axes.xUnit}` : '');
    context.textAlign = X(value) + context.measureText(text).width / 2 > width ? 'right' : 'center';
    context.fillText(text, context.textAlign === 'right' ? width : X(value), bottom + 6);
  });
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  inside({ context, left, top, right, bottom, X, Y });
  context.restore();
  context.strokeStyle = palette.lineStrong;
  line(left, bottom, right, bottom);
}

/** What lies after now: slightly lighter, behind a line. */
export function drawNow({ context, X, top, right, bottom }: ChartFrame, now: number, palette: Palette): void {
  context.fillStyle = palette.future;
  context.fillRect(X(now), top, right - X(now), bottom - top);
  context.strokeStyle = palette.now;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(Math.round(X(now)) + 0.5, top);
  context.lineTo(Math.round(X(now)) + 0.5, bottom);
  context.stroke();
}
