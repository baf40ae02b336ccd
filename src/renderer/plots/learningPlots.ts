import type { LearningState } from '../../shared/contract/contract';
import type { Palette } from '../theme/theme';
import { NUMBER_FONT } from '../theme/theme';
import { labelledTicks, roundStep, roundTicks } from './axis';
import { drawChart, drawNow, type ChartAxes } from './canvasChart';
import type { PlotHistory } from './plotHistory';

/** Cost per second of experience, in bins. */
export interface CostCurve {
  readonly at: readonly number[];
  readonly cost: readonly (number | null)[];
}
const BINS = 120;
const FINEST_BIN = 0.25;

/** Cost per second over seconds of experience, from the rows that this page still has. */
export function costCurve(history: PlotHistory, learning: LearningState): CostCurve {
  const from = new Map(learning.episodes.map((episode) => [episode.index, episode.fromExperience]));
  const width = Math.max(FINEST_BIN, learning.experienceSeconds / BINS);
  const at: number[] = [];
  const cost: (number | null)[] = [];
  let [sum, count, bin, episode] = [0, 0, -1, -1];
  let start = 0;
  const flush = () => {
    if (count > 0) {
      at.push(start + width / 2);
      cost.push(sum / count);
    }
    [sum, count] = [0, 0];
  };
  const period = history.count > 1 ? Math.abs(history.x(history.count - 1) - history.x(history.count - 2)) || 0.05 : 0.05;
  for (let row = 0; row < history.count; row++) {
    const index = history.episode(row);
    const begins = from.get(index);
    if (begins === undefined) continue;
    const experience = begins + history.time(row);
    if (experience > learning.experienceSeconds + 0.5) continue; // stopped: it swings on, but nothing is learnt from it
    const here = Math.floor(experience / width);
    if (index !== episode || here !== bin) {
      flush();
      if (index !== episode && at.length > 0) {
        at.push(experience);
        cost.push(null);
      }
      [bin, episode] = [here, index];
      start = here * width;
    }
    const value = history.totalCost(row);
    if (!Number.isFinite(value)) continue;
    sum += value / period;
    count++;
  }
  flush();
  return { at, cost };
}

const axisEnd = (now: number) => Math.max(6, Math.ceil((now * 1.25) / roundStep(now * 1.25, 4)) * roundStep(now * 1.25, 4));

/** Bars: mean cost per second of each episode, one episode wide. Line: the same in finer bins. */
export function drawCosts(canvas: HTMLCanvasElement, palette: Palette, learning: LearningState, curve: CostCurve): void {
  const episodes = learning.episodes
    .filter(({ seconds }) => seconds > 0.1)
    .map((episode) => ({ ...episode, rate: episode.cost / episode.seconds }));
  const now = learning.experienceSeconds;
  const seen = [...episodes.map(({ rate }) => rate), ...curve.cost].filter(
    (value): value is number => value !== null && value > 0 && Number.isFinite(value),
  );
  const [low, high] = decades(seen);
  const end = axisEnd(now);
  const axes: ChartAxes = {
    x: [0, end],
    y: [low, high],
    logY: true,
    xTicks: roundTicks(0, end, 4),
    xUnit: 's',
    yTicks: decadeTicks(low, high),
  };
  drawChart(canvas, palette, axes, (frame) => {
    const { context, X, Y, top, bottom } = frame;
    context.fillStyle = palette.bar;
    for (const { fromExperience, seconds, rate } of episodes) {
      const [x0, x1] = [X(fromExperience) + 0.5, X(fromExperience + seconds) - 0.5];
      context.fillRect(x0, Y(rate), Math.max(1, x1 - x0), bottom - Y(rate));
    }
    drawNow(frame, now, palette);
    context.strokeStyle = palette.measured;
    context.lineWidth = 1.4;
    context.lineJoin = 'round';
    context.beginPath();
    let pen = false;
    curve.at.forEach((at, i) => {
      const value = curve.cost[i];
      if (value === null || !(value > 0)) return void (pen = false);
      if (pen) context.lineTo(X(at), Y(value));
      else context.moveTo(X(at), Y(value));
      pen = true;
    });
    context.stroke();
    context.font = `450 11px ${NUMBER_FONT}`;
    context.fillStyle = palette.text;
    context.textAlign = 'center';
    context.textBaseline = 'alphabetic';
    for (const { index, fromExperience, seconds } of episodes) {
      const text = String(index + 1);
      if (X(fromExperience + seconds) - X(fromExperience) > context.measureText(text).width + 6)
        context.fillText(text, X(fromExperience + seconds / 2), top + 12);
    }
  });
}
function decades(values: readonly number[]): [number, number] {
  if (values.length === 0) return [1, 100];
  const low = 10 ** Math.floor(Math.log10(Math.min(...values) * 0.9));
  const high = 10 ** Math.ceil(Math.log10(Math.max(...values) * 1.1));
  return [Math.max(low, high / 1e4), Math.max(high, low * 10)];
}
function decadeTicks(low: number, high: number): ChartAxes['yTicks'] {
  const ticks: { value: number; text: string }[] = [];
  for (let power = Math.round(Math.log10(low)); power <= Math.round(Math.log10(high)) + 1e-9; power++) {
    const value = 10 ** power;
    ticks.push({
      value,
      text: power >= 6 ? `1e${power}` : power >= 3 ? `${10 ** (power - 3)}k` : power >= 0 ? String(value) : value.toFixed(-power),
    });
  }
  return ticks;
}

/** Loss after each fit, as steps: a model holds until the next one. */
export function drawLoss(canvas: HTMLCanvasElement, palette: Palette, learning: LearningState): void {
  const { at, loss } = learning.losses;
  const now = learning.experienceSeconds;
  const values = Array.from(loss).filter(Number.isFinite);
  let [low, high] = values.length === 0 ? [0, 1] : [Math.min(...values), Math.max(...values)];
  if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
  const air = 0.12 * (high - low);
  [low, high] = [low - air, high + air];
  const end = axisEnd(now);
  const axes: ChartAxes = {
    x: [0, end],
    y: [low, high],
    logY: false,
    xTicks: roundTicks(0, end, 4),
    xUnit: 's',
    yTicks: labelledTicks(low, high, 3),
  };
  drawChart(canvas, palette, axes, (frame) => {
    const { context, X, Y } = frame;
    drawNow(frame, now, palette);
    context.strokeStyle = context.fillStyle = palette.model;
    context.lineWidth = 1.5;
    context.beginPath();
    for (let i = 0; i < loss.length; i++) {
      if (!Number.isFinite(loss[i])) continue;
      context.lineTo(X(at[i]), Y(i > 0 ? loss[i - 1] : loss[i]));
      context.lineTo(X(at[i]), Y(loss[i]));
    }
    if (loss.length > 0) context.lineTo(X(now), Y(loss[loss.length - 1]));
    context.stroke();
    const spacing = loss.length > 1 ? X(at[1]) - X(at[0]) : 20;
    if (spacing > 7)
      for (let i = 0; i < loss.length; i++) {
        context.beginPath();
        context.arc(X(at[i]), Y(loss[i]), 2.2, 0, 2 * Math.PI);
        context.fill();
      }
  });
}
