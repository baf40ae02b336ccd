import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { Plant, PlantInstance } from '../../shared/plants/plant';
import type { Palette } from '../theme/theme';
import { rankColour } from './rankColours';
import { rgb, type Ribbons } from './ribbons';
import { markedInstants, type Layout } from './stageShape';

/** Points between two steps of the plan, so that a swing is drawn round. */
const FINE = 4;

export interface PlanLayers {
  /** The chosen plan, its ghosts and dots. */
  readonly chosen: Ribbons;
  /** The model's band: arcs on the circle that the tip can reach. */
  readonly band: Ribbons;
  /** Circles of the reach at the marked instants. */
  readonly rings: Ribbons;
  /** Outline of the best tenth, when it is drawn as a tube. */
  readonly tube: Ribbons;
}
export interface PlanStyle {
  readonly depth: number;
  readonly grey: boolean;
  readonly tube: boolean;
  readonly palette: Palette;
}

/** Everything of a plan but the fan itself, as lines. */
export function planLines(
  frame: PlanFrame,
  plant: Plant,
  instance: PlantInstance,
  layout: Layout,
  style: PlanStyle,
  out: PlanLayers,
): void {
  const { horizon, size } = frame;
  const points = horizon + 1;
  const { palette, grey } = style;
  const amber = grey ? rgb(palette.text2) : rgb(palette.plan);
  const soft = rgb(palette.text2);
  const zOf = (step: number) => layout.front - (style.depth * layout.reach * step) / horizon;
  const state = new Float64Array(size);
  const tip = new Float64Array(2);
  const load = (at: number, to: number, share: number) => {
    for (let c = 0; c < size; c++) {
      const a = frame.states[at * size + c];
      state[c] = share === 0 ? a : a + share * (frame.states[to * size + c] - a);
    }
  };
  const steps = markedInstants(horizon * frame.period).map((seconds) => Math.min(horizon, Math.round(seconds / frame.period)));

  out.rings.begin();
  out.chosen.begin();
  for (const step of [...steps].reverse()) {
    load(step, step, 0);
    const bodies = instance.bodies(state);
    const pivot = bodies.find((body) => body.kind === 'pivot') ?? { x: 0, y: 0 };
    const z = zOf(step);
    if (style.depth > 0) ring(out.rings, pivot.x, pivot.y, z, layout.reach, soft);
    const fade = 0.68 - 0.3 * (step / horizon);
    instance.tip(state, 0, tip, 0);
    out.chosen.line(pivot.x, pivot.y, z, tip[0], tip[1], z, amber, 1.5, fade);
    const cart = bodies.find((body) => body.kind === 'cart');
    if (cart !== undefined) rectangle(out.chosen, cart.x, cart.width * 0.72, cart.height * 0.55, z, amber, fade * 0.75);
  }
  const path = new Float64Array((horizon * FINE + 1) * 3);
  for (let i = 0; i <= horizon * FINE; i++) {
    const step = Math.floor(i / FINE);
    load(step, Math.min(horizon, step + 1), (i % FINE) / FINE);
    instance.tip(state, 0, tip, 0);
    path.set([tip[0], tip[1], zOf(i / FINE)], i * 3);
  }
  const draw = (colour: typeof amber, width: number, alpha: number) => {
    for (let i = 3; i < path.length; i += 3)
      out.chosen.line(path[i - 3], path[i - 2], path[i - 1], path[i], path[i + 1], path[i + 2], colour, width, alpha);
  };
  draw(rgb(palette.scene), 5.5, 0.22);
  draw(amber, 3, 1);
  for (const step of steps) out.chosen.dot(path[step * FINE * 3], path[step * FINE * 3 + 1], path[step * FINE * 3 + 2], amber, 7);

  out.band.begin();
  const angle = plant.channels.findIndex((channel) => channel.wraps === true);
  if (frame.bandLevels === 4 && angle >= 0 && !grey) {
    const quantile = (level: number, step: number) => frame.band[(level * points + step) * size + angle];
    for (let step = 1; step <= horizon; step++) {
      load(step, step, 0);
      arc(0, 3, step, 1, 0.4);
      arc(1, 2, step, 2.2, 0.55);
    }
    function arc(lowLevel: number, highLevel: number, step: number, width: number, strength: number): void {
      const low = quantile(lowLevel, step);
      const high = Math.min(quantile(highLevel, step), low + 2 * Math.PI); // once the model is lost the arc closes, honestly
      const wide = high - low;
      if (!(wide > 0.01)) return;
      const n = Math.max(2, Math.ceil(wide * 12));
      const alpha = (strength * (1 - 0.34 * (step / horizon))) / (1 + 0.45 * wide);
      const z = zOf(step);
      let [px, py] = [0, 0];
      for (let i = 0; i <= n; i++) {
        state[angle] = low + (wide * i) / n;
        instance.tip(state, 0, tip, 0);
        if (i > 0) out.band.line(px, py, z, tip[0], tip[1], z, amber, width, alpha);
        [px, py] = [tip[0], tip[1]];
      }
    }
  }
  out.tube.begin();
  if (style.tube) tube(frame, zOf, style, out.tube);
}

function ring(out: Ribbons, x: number, y: number, z: number, radius: number, colour: readonly [number, number, number]): void {
  const n = 72;
  for (let i = 0; i < n; i++) {
    const [a, b] = [(2 * Math.PI * i) / n, (2 * Math.PI * (i + 1)) / n];
    out.line(x + radius * Math.sin(a), y + radius * Math.cos(a), z, x + radius * Math.sin(b), y + radius * Math.cos(b), z, colour, 1, 0.22);
  }
}
function rectangle(
  out: Ribbons,
  x: number,
  width: number,
  height: number,
  z: number,
  colour: readonly [number, number, number],
  alpha: number,
): void {
  const [x0, x1, y0, y1] = [x - width / 2, x + width / 2, -height / 2, height / 2];
  out.line(x0, y0, z, x1, y0, z, colour, 1, alpha);
  out.line(x1, y0, z, x1, y1, z, colour, 1, alpha);
  out.line(x1, y1, z, x0, y1, z, colour, 1, alpha);
  out.line(x0, y1, z, x0, y0, z, colour, 1, alpha);
}

/**
 * The best tenth as a tube of thin lines: at every step the ellipse of two standard deviations of their tips, joined
 * along time. Lines, never a filled band: a band would read as the model's doubt.
 */
function tube(frame: PlanFrame, zOf: (step: number) => number, { grey, palette }: PlanStyle, out: Ribbons): void {
  const { rollouts, horizon, tips } = frame;
  const points = horizon + 1;
  const best = Math.max(2, Math.round(rollouts / 10));
  const sides = 20;
  const before = new Float64Array(sides * 2);
  const now = new Float64Array(sides * 2);
  for (let step = 0; step <= horizon; step++) {
    let [mx, my] = [0, 0];
    for (let k = rollouts - best; k < rollouts; k++) {
      mx += tips[(k * points + step) * 2] / best;
      my += tips[(k * points + step) * 2 + 1] / best;
    }
    let [xx, xy, yy] = [0, 0, 0];
    for (let k = rollouts - best; k < rollouts; k++) {
      const dx = tips[(k * points + step) * 2] - mx;
      const dy = tips[(k * points + step) * 2 + 1] - my;
      xx += (dx * dx) / best;
      xy += (dx * dy) / best;
      yy += (dy * dy) / best;
    }
    // principal axes of the covariance [xx xy; xy yy]
    const middle = (xx + yy) / 2;
    const spread = Math.hypot((xx - yy) / 2, xy);
    const [major, minor] = [2 * Math.sqrt(middle + spread), 2 * Math.sqrt(Math.max(0, middle - spread))];
    const turn = 0.5 * Math.atan2(2 * xy, xx - yy);
    for (let i = 0; i < sides; i++) {
      const a = (2 * Math.PI * i) / sides;
      const [u, v] = [major * Math.cos(a), minor * Math.sin(a)];
      now[2 * i] = mx + u * Math.cos(turn) - v * Math.sin(turn);
      now[2 * i + 1] = my + u * Math.sin(turn) + v * Math.cos(turn);
    }
    const colour = grey ? rgb(palette.text2) : rankColour(0.62 + 0.3 * (1 - step / horizon), palette.theme);
    const z = zOf(step);
    for (let i = 0; i < sides; i++) {
      const next = (i + 1) % sides;
      out.line(now[2 * i], now[2 * i + 1], z, now[2 * next], now[2 * next + 1], z, colour, 1, 0.5);
      if (step > 0 && i % 2 === 0) out.line(before[2 * i], before[2 * i + 1], zOf(step - 1), now[2 * i], now[2 * i + 1], z, colour, 1, 0.5);
    }
    before.set(now);
  }
}
