import type { Body } from '../../shared/plants/plant';
import type { Palette } from '../theme/theme';
import { mixed, rgb, type Ribbons, type Rgb } from './ribbons';

/** A box with its faces' tones: top, front, sides. */
export interface Box {
  readonly x0: number;
  readonly x1: number;
  readonly y0: number;
  readonly y1: number;
  readonly z0: number;
  readonly z1: number;
  readonly tones: readonly [Rgb, Rgb, Rgb];
}
/** Where things stand, in metres, from the bodies alone: the scene knows shapes, not plants. */
export interface Layout {
  readonly reach: number;
  readonly floor: number;
  /** Depth at which pole and plan begin: in front of the cart. */
  readonly front: number;
  readonly cartHeight: number;
  readonly rail: readonly [number, number] | undefined;
}
export function layoutOf(bodies: readonly Body[]): Layout {
  const rod = bodies.find((body) => body.kind === 'rod');
  const cart = bodies.find((body) => body.kind === 'cart');
  const rail = bodies.find((body) => body.kind === 'rail');
  const reach = rod === undefined ? 1 : Math.hypot(rod.x1 - rod.x0, rod.y1 - rod.y0);
  const cartHeight = cart?.height ?? 0.16 * reach;
  return {
    reach,
    floor: -Math.max(1.16 * reach, cartHeight * 2),
    front: 0.75 * cartHeight,
    cartHeight,
    rail: rail === undefined ? undefined : [rail.from, rail.to],
  };
}

/** What stands still: floor, rail, stops, posts. Boxes are convex and drawn back to front in this order. */
export function stageBoxes(layout: Layout, palette: Palette): Box[] {
  const { cartHeight: h, floor, rail } = layout;
  const [body2, body3, limit] = [rgb(palette.body2), rgb(palette.body3), rgb(palette.limit)];
  const scene = rgb(palette.scene);
  const post: Box['tones'] = [mixed(body3, scene, 0.1), mixed(body3, scene, 0.25), mixed(body3, scene, 0.4)];
  if (rail === undefined) {
    const w = 0.05 * layout.reach;
    return [
      { x0: -w, x1: w, y0: floor, y1: w, z0: -2 * w, z1: -0.5 * w, tones: post },
      { x0: -4 * w, x1: 4 * w, y0: floor, y1: floor + 0.8 * w, z0: -4 * w, z1: 3 * w, tones: post },
    ];
  }
  const [from, to] = rail;
  const pale = palette.theme === 'light' ? 0.3 : 0; // the dark limit colour of the light theme would be the heaviest thing in the room
  const stop: Box['tones'] = [mixed(limit, scene, 0.12 + pale), mixed(limit, scene, 0.3 + pale), mixed(limit, scene, 0.22 + pale)];
  const end = (x: number, out: number): Box => ({
    x0: Math.min(x, x + out),
    x1: Math.max(x, x + out),
    y0: -0.65 * h,
    y1: 0.8 * h,
    z0: -0.8 * h,
    z1: 0.8 * h,
    tones: stop,
  });
  const leg = (x: number): Box => ({
    x0: x - 0.06 * h,
    x1: x + 0.06 * h,
    y0: floor,
    y1: -0.6 * h,
    z0: -0.12 * h,
    z1: 0.12 * h,
    tones: post,
  });
  return [
    leg(from * 0.96),
    leg(to * 0.96),
    end(from, -0.12 * h),
    {
      x0: from,
      x1: to,
      y0: -0.65 * h,
      y1: -0.35 * h,
      z0: -0.45 * h,
      z1: 0.45 * h,
      tones: [mixed(body3, body2, 0.12), mixed(body3, scene, 0.35), mixed(body3, scene, 0.5)],
    },
    end(to, 0.12 * h),
  ];
}
/** Floor grid, and the marks on the rail. */
export function stageLines(layout: Layout, depth: number, palette: Palette, floor: Ribbons, rail: Ribbons): void {
  const { reach, cartHeight: h } = layout;
  const grid = rgb(palette.sceneGrid);
  const y = layout.floor;
  const step = 0.5 * reach;
  const far = -(depth + 0.8) * reach;
  const near = reach;
  const wide = Math.max(4 * reach, (layout.rail?.[1] ?? 0) * 1.7);
  floor.begin();
  const columns = Math.ceil(wide / step);
  for (let i = -columns; i <= columns; i++) floor.line(i * step, y, near, i * step, y, far, grid, 1, i % 2 === 0 ? 0.75 : 0.4);
  for (let z = near; z >= far - 1e-9; z -= step) floor.line(-columns * step, y, z, columns * step, y, z, grid, 1, 0.45);
  rail.begin();
  if (layout.rail === undefined) return;
  const [from, to] = layout.rail;
  const edge = rgb(palette.body2);
  const z = 0.45 * h;
  rail.line(from, -0.35 * h, z, to, -0.35 * h, z, edge, 1, 0.6);
  rail.line(from, -0.35 * h, -z, to, -0.35 * h, -z, edge, 1, 0.3);
  rail.line(from, -0.65 * h, z, to, -0.65 * h, z, edge, 1, 0.25);
  const spacing = to - from > 20 ? 1 : to - from > 2 ? 0.2 : 0.05;
  const ticks = Math.floor(to / spacing + 1e-9);
  for (let i = -ticks; i <= ticks; i++) rail.line(i * spacing, -0.65 * h, z, i * spacing, -(i % 5 === 0 ? 0.95 : 0.8) * h, z, edge, 1, 0.5);
}

/** Instants of a plan that ruler, rings and ghosts share: every half second, and its end. */
export function markedInstants(seconds: number): number[] {
  const spacing = seconds > 4 ? 2 : seconds > 2 ? 1 : 0.5;
  const marks: number[] = [];
  for (let t = spacing; t < seconds - 0.5 * spacing; t += spacing) marks.push(t);
  marks.push(seconds);
  return marks;
}
/** Time along the depth: a ruler on the floor. `rightOf` is its place. */
export function rulerLines(
  layout: Layout,
  depth: number,
  seconds: number,
  rightOf: number,
  palette: Palette,
  out: Ribbons,
): { readonly at: readonly [number, number, number]; readonly text: string }[] {
  const { reach, floor, front } = layout;
  const colour = rgb(palette.text2);
  const zOf = (t: number) => front - (depth * reach * t) / seconds;
  const labels = [0, ...markedInstants(seconds)].map((t) => ({ t, text: t === 0 ? 'now' : `+${t.toFixed(1)} s` }));
  out.begin();
  out.line(rightOf, floor, zOf(0), rightOf, floor, zOf(seconds), colour, 1, 0.85);
  const half = 0.05 * reach;
  for (const { t } of labels) out.line(rightOf - half, floor, zOf(t), rightOf + half, floor, zOf(t), colour, 1, 0.85);
  return labels.map(({ t, text }) => ({ at: [rightOf + 0.1 * reach, floor, zOf(t)] as const, text }));
}
