export type Rgb = readonly [number, number, number];
/** Numbers of one ribbon: start xyz, end xyz, rgb, alpha at start, alpha at end, width in px. */
export const RIBBON = 12;

/**
 * Lines and dots of a scene as plain numbers, drawn by whichever engine there is. A ribbon whose ends fall together is
 * a dot of its width.
 */
export class Ribbons {
  count = 0;
  data: Float32Array<ArrayBuffer>;
  /** Grows when the content was changed. */
  version = 0;

  constructor(capacity = 64) {
    this.data = new Float32Array(capacity * RIBBON);
  }
  begin(): this {
    this.count = 0;
    this.version++;
    return this;
  }
  line(
    x0: number,
    y0: number,
    z0: number,
    x1: number,
    y1: number,
    z1: number,
    colour: Rgb,
    width: number,
    alpha = 1,
    alphaEnd = alpha,
  ): void {
    if ((this.count + 1) * RIBBON > this.data.length) {
      const bigger = new Float32Array(this.data.length * 2);
      bigger.set(this.data);
      this.data = bigger;
    }
    const { data } = this;
    const at = this.count++ * RIBBON;
    data[at] = x0;
    data[at + 1] = y0;
    data[at + 2] = z0;
    data[at + 3] = x1;
    data[at + 4] = y1;
    data[at + 5] = z1;
    data[at + 6] = colour[0];
    data[at + 7] = colour[1];
    data[at + 8] = colour[2];
    data[at + 9] = alpha;
    data[at + 10] = alphaEnd;
    data[at + 11] = width;
  }
  dot(x: number, y: number, z: number, colour: Rgb, size: number, alpha = 1): void {
    this.line(x, y, z, x, y, z, colour, size, alpha);
  }
}

/** '#rrggbb' as three numbers 0 … 1, without colour management: what the token says is what is seen. */
export function rgb(colour: string): Rgb {
  const part = (at: number) => parseInt(colour.slice(at, at + 2), 16) / 255;
  return [part(1), part(3), part(5)];
}
export const mixed = (a: Rgb, b: Rgb, share: number): Rgb => [
  a[0] + (b[0] - a[0]) * share,
  a[1] + (b[1] - a[1]) * share,
  a[2] + (b[2] - a[2]) * share,
];
