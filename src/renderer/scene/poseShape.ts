import type { Body } from '../../shared/plants/plant';
import type { Palette } from '../theme/theme';
import { mixed, rgb, type Ribbons } from './ribbons';
import type { Box, Layout } from './stageShape';

/** The cart as a box around its hinge. */
export function cartBox(cart: Extract<Body, { kind: 'cart' }>, palette: Palette): Box {
  const { x, width, height: h } = cart;
  return {
    x0: x - width / 2,
    x1: x + width / 2,
    y0: -h / 2,
    y1: 0.3 * h,
    z0: -0.65 * h,
    z1: 0.65 * h,
    tones: litFromAbove(palette),
  };
}

/** Top, front and side: the lightest tone faces up in either theme, or the box looks hollow. */
function litFromAbove({ body1, body2, body3 }: Palette): Box['tones'] {
  const tones = [rgb(body1), rgb(body2), rgb(body3)] as const;
  const brightness = ([r, g, b]: readonly number[]) => 0.2 * r + 0.7 * g + 0.1 * b;
  return brightness(tones[0]) >= brightness(tones[2]) ? tones : [tones[2], tones[1], tones[0]];
}

/** Pole, joint and bob, and the path of the tip so far. Grey when nothing but gravity acts on purpose. */
export function poseLines(bodies: readonly Body[], layout: Layout, grey: boolean, palette: Palette, out: Ribbons): void {
  const { front: z } = layout;
  const ground = rgb(palette.scene);
  const colour = grey ? rgb(palette.body2) : rgb(palette.measured);
  out.begin();
  const cart = bodies.find((body) => body.kind === 'cart');
  if (cart !== undefined) cartEdges(cart, palette, out);
  for (const body of bodies) {
    if (body.kind !== 'rod') continue;
    out.line(body.x0, body.y0, z, body.x1, body.y1, z, ground, 9, 0.8);
    out.line(body.x0, body.y0, z, body.x1, body.y1, z, colour, 6);
  }
  for (const body of bodies) {
    if (body.kind === 'pivot') {
      out.dot(body.x, body.y, z, rgb(palette.body1), 14);
      out.dot(body.x, body.y, z, rgb(palette.body3), 11);
    } else if (body.kind === 'rod') out.dot(body.x1, body.y1, z, colour, body.bob ? 20 : 12);
  }
}
/** Edges over the box: they smooth what has no antialiasing and set it off from the rail. */
function cartEdges({ x, width, height: h }: Extract<Body, { kind: 'cart' }>, palette: Palette, out: Ribbons): void {
  const [x0, x1, y0, y1, z1, z0] = [x - width / 2, x + width / 2, -h / 2, 0.3 * h, 0.65 * h, -0.65 * h];
  const light = mixed(rgb(palette.body1), rgb(palette.body2), 0.4);
  const dark = mixed(rgb(palette.body3), rgb(palette.scene), 0.4);
  const edge = (a: readonly number[], b: readonly number[], colour: typeof light) =>
    out.line(a[0], a[1], a[2], b[0], b[1], b[2], colour, 1);
  edge([x0, y1, z1], [x1, y1, z1], light);
  edge([x0, y1, z0], [x1, y1, z0], light);
  edge([x0, y1, z0], [x0, y1, z1], light);
  edge([x1, y1, z0], [x1, y1, z1], light);
  edge([x0, y0, z1], [x1, y0, z1], dark);
  edge([x0, y0, z1], [x0, y1, z1], mixed(light, dark, 0.5));
  edge([x1, y0, z1], [x1, y1, z1], mixed(light, dark, 0.5));
}

/** @param tips  x, y pairs, oldest first */
export function trailLines(tips: Float32Array, count: number, layout: Layout, palette: Palette, out: Ribbons): void {
  const colour = rgb(palette.measured);
  const alpha = (i: number) => 0.04 + 0.6 * (i / count) ** 2;
  out.begin();
  for (let i = 1; i < count; i++) {
    const [x0, y0, x1, y1] = [tips[2 * i - 2], tips[2 * i - 1], tips[2 * i], tips[2 * i + 1]];
    if (Number.isNaN(x0) || Number.isNaN(x1)) continue;
    out.line(x0, y0, layout.front, x1, y1, layout.front, colour, 2, alpha(i - 1), alpha(i));
  }
}
