import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { Theme } from '../theme/theme';
import type { Camera } from './camera';
import type { DrawStyle, Engine, Layers } from './engine';
import { chosenPaths, rankColour } from './rankColours';
import { RIBBON, type Ribbons, type Rgb } from './ribbons';
import type { Box } from './stageShape';

const css = ([r, g, b]: Rgb, alpha = 1) => `rgba(${Math.round(r * 255)},${Math.round(g * 255)},${Math.round(b * 255)},${alpha.toFixed(3)})`;

/** Draws the same layers on a 2D canvas, where there is no WebGL2. */
export class CanvasEngine implements Engine {
  readonly busy = false;
  private readonly context: CanvasRenderingContext2D | null;
  private stage: readonly Box[] = [];
  private cart: Box | undefined;
  private plan: PlanFrame | undefined;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly layers: Layers,
    private theme: Theme,
  ) {
    this.context = canvas.getContext('2d');
  }
  resize(width: number, height: number): void {
    this.canvas.width = width;
    this.canvas.height = height;
  }
  recolour(theme: Theme): void {
    this.theme = theme;
  }
  setStage(boxes: readonly Box[]): void {
    this.stage = boxes;
  }
  setCart(box: Box | undefined): void {
    this.cart = box;
  }
  setPlan(frame: PlanFrame | undefined): void {
    this.plan = frame;
  }
  draw(camera: Camera, style: DrawStyle): void {
    const { context, layers } = this;
    if (context === null) return;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.lineCap = 'round';
    this.lines(camera, layers.floor);
    this.lines(camera, layers.ruler);
    this.lines(camera, layers.rings);
    for (const box of this.stage) this.box(camera, box);
    this.lines(camera, layers.rail);
    if (style.fan && this.plan !== undefined) this.fan(camera, this.plan, style);
    this.lines(camera, layers.tube);
    this.lines(camera, layers.band);
    this.lines(camera, layers.chosen);
    if (this.cart !== undefined) this.box(camera, this.cart);
    this.lines(camera, layers.trail);
    this.lines(camera, layers.pose);
  }
  dispose(): void {
    this.context?.clearRect(0, 0, this.canvas.width, this.canvas.height);
  }

  private lines(camera: Camera, { data, count }: Ribbons): void {
    const context = this.context!;
    for (let i = 0; i < count; i++) {
      const at = i * RIBBON;
      const [x0, y0, s0] = camera.project(data[at], data[at + 1], data[at + 2]);
      const [x1, y1, s1] = camera.project(data[at + 3], data[at + 4], data[at + 5]);
      if (s0 === 0 || s1 === 0) continue;
      const colour = css([data[at + 6], data[at + 7], data[at + 8]], (data[at + 9] + data[at + 10]) / 2);
      context.beginPath();
      if (x0 === x1 && y0 === y1) {
        context.fillStyle = colour;
        context.arc(x0, y0, data[at + 11] / 2, 0, 2 * Math.PI);
        context.fill();
        continue;
      }
      context.strokeStyle = colour;
      context.lineWidth = data[at + 11];
      context.moveTo(x0, y0);
      context.lineTo(x1, y1);
      context.stroke();
    }
  }
  private box(camera: Camera, { x0, x1, y0, y1, z0, z1, tones }: Box): void {
    const [ex, ey] = camera.eye;
    const face = (corners: readonly (readonly [number, number, number])[], tone: Rgb) => {
      const context = this.context!;
      context.fillStyle = css(tone);
      context.beginPath();
      for (const corner of corners) {
        const [px, py] = camera.project(...corner);
        context.lineTo(px, py);
      }
      context.fill();
    };
    if (ey > y1)
      face(
        [
          [x0, y1, z0],
          [x1, y1, z0],
          [x1, y1, z1],
          [x0, y1, z1],
        ],
        tones[0],
      );
    const side = ex > x1 ? x1 : ex < x0 ? x0 : undefined;
    if (side !== undefined)
      face(
        [
          [side, y0, z0],
          [side, y1, z0],
          [side, y1, z1],
          [side, y0, z1],
        ],
        tones[2],
      );
    face(
      [
        [x0, y0, z1],
        [x1, y0, z1],
        [x1, y1, z1],
        [x0, y1, z1],
      ],
      tones[1],
    );
  }
  private fan(camera: Camera, { rollouts, horizon, tips }: PlanFrame, { depth, front, all, grey, most }: DrawStyle): void {
    const context = this.context!;
    const points = horizon + 1;
    context.lineWidth = 1;
    for (const k of chosenPaths(rollouts, most)) {
      const rank = rollouts > 1 ? k / (rollouts - 1) : 1;
      const top = (rank - 0.9) * 10;
      const colour: Rgb = grey ? [0.55, 0.6, 0.64] : rankColour(!all && top >= 0 ? 0.62 + 0.38 * top : rank, this.theme);
      const alpha = all ? 0.07 + 0.55 * rank * rank : top >= 0 ? 0.34 + 0.5 * top : 0.05 + 0.17 * rank * rank;
      context.strokeStyle = css(colour, alpha * 0.8);
      context.beginPath();
      for (let h = 0; h < points; h++) {
        const at = (k * points + h) * 2;
        const [px, py] = camera.project(tips[at], tips[at + 1], front - (depth * h) / horizon);
        context.lineTo(px, py);
      }
      context.stroke();
    }
  }
}
