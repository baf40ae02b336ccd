import type uPlot from 'uplot';

/** From so many rows in a pixel on, a line is drawn by columns of pixels. */
const MOST_PER_PIXEL = 4;

/** A line that is lifted at every null. uPlot's own paths only clip such gaps, and where they are narrower than a pixel a line stands across the plot. */
export function brokenPath(steps: boolean): uPlot.Series.PathBuilder {
  return (plot, series, from, to) => brokenLine(plot, plot.data[0], plot.data[series], from, to, steps);
}
/** The same of columns that are not the plot's own. */
export function brokenLine(
  plot: uPlot,
  xs: ArrayLike<number | null>,
  ys: ArrayLike<number | null | undefined>,
  from: number,
  to: number,
  steps: boolean,
): uPlot.Series.Paths {
  const path = new Path2D();
  let pen = false;
  let last = 0;
  if (to - from > MOST_PER_PIXEL * plot.bbox.width) return denseLine(plot, xs, ys, from, to);
  for (let i = from; i <= to; i++) {
    const value = ys[i];
    if (value === null || value === undefined) {
      pen = false;
      continue;
    }
    const x = plot.valToPos(xs[i]!, 'x', true);
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
}

/** Where many rows share a pixel: for each column of pixels the first, lowest, highest and last value, which looks the same. */
function denseLine(
  plot: uPlot,
  xs: ArrayLike<number | null>,
  ys: ArrayLike<number | null | undefined>,
  from: number,
  to: number,
): uPlot.Series.Paths {
  const path = new Path2D();
  const Y = (value: number) => plot.valToPos(value, 'y', true);
  let pen = false;
  let column = NaN;
  let [first, low, high, last] = [0, 0, 0, 0];
  const flush = () => {
    if (Number.isNaN(column)) return;
    if (pen) path.lineTo(column, Y(first));
    else path.moveTo(column, Y(first));
    if (low !== high) for (const value of [low, high, last]) path.lineTo(column, Y(value));
    pen = true;
    column = NaN;
  };
  for (let i = from; i <= to; i++) {
    const value = ys[i];
    if (value === null || value === undefined) {
      flush();
      pen = false;
      continue;
    }
    const x = Math.round(plot.valToPos(xs[i]!, 'x', true));
    if (x !== column) {
      flush();
      column = x;
      first = low = high = last = value;
    }
    low = Math.min(low, value);
    high = Math.max(high, value);
    last = value;
  }
  flush();
  return { stroke: path, fill: null, clip: null, flags: 1 };
}
