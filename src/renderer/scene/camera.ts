export type Preset = 'front' | 'threeQuarter' | 'top';
/** Yaw to the right and pitch upwards, rad; distance in units of the pendulum's reach. */
interface Direction {
  readonly yaw: number;
  readonly pitch: number;
  readonly distance: number;
  /** Where in the depth of the fan the eye looks, 0 now … 1 the plan's end. */
  readonly centre: number;
}
const presets: Readonly<Record<Preset, Direction>> = {
  front: { yaw: 0, pitch: 0.06, distance: 6, centre: 0.2 },
  threeQuarter: { yaw: -0.52, pitch: 0.2, distance: 5.6, centre: 0.29 },
  top: { yaw: -0.18, pitch: 1.12, distance: 7.6, centre: 0.62 },
};
/** Focal length in heights of the picture. */
const FOCAL = 1.42;
const SETTLE_MS = 220;

/**
 * Where the picture is seen from. Plain mathematics, shared by the GPU's scene, the Canvas one, labels and picking:
 * x right, y up, z towards the viewer, metres; the camera circles a focus that follows the cart softly.
 */
export class Camera {
  yaw = presets.threeQuarter.yaw;
  pitch = presets.threeQuarter.pitch;
  distance = presets.threeQuarter.distance;
  centre = presets.threeQuarter.centre;
  width = 1;
  height = 1;
  /** Length of the pendulum in metres: the unit of the picture. */
  reach = 1;
  /** How deep the fan reaches back, in units of the reach; the focus lies in its middle. */
  depth = 2.6;
  focusX = 0;
  private goal: Direction | undefined;
  private last = 0;

  /** Turns to a preset, quickly but visibly, so that nobody loses the thread. */
  turnTo(preset: Preset): void {
    this.goal = presets[preset];
  }
  orbit(byX: number, byY: number): void {
    this.goal = undefined;
    this.yaw = Math.max(-1.4, Math.min(1.4, this.yaw + byX * 0.006));
    this.pitch = Math.max(-0.12, Math.min(1.45, this.pitch + byY * 0.006));
  }
  zoom(factor: number): void {
    this.goal = undefined;
    this.distance = Math.max(2.5, Math.min(16, this.distance * factor));
  }
  /** Follows the pivot and finishes a turn. @returns whether it still moves */
  advance(now: number, pivotX: number, held: boolean): boolean {
    const elapsed = Math.min(100, Math.max(0, now - this.last));
    this.last = now;
    let moving = false;
    if (this.goal !== undefined) {
      const share = 1 - Math.exp(-elapsed / (SETTLE_MS / 3));
      this.yaw += share * (this.goal.yaw - this.yaw);
      this.pitch += share * (this.goal.pitch - this.pitch);
      this.distance += share * (this.goal.distance - this.distance);
      this.centre += share * (this.goal.centre - this.centre);
      if (Math.abs(this.yaw - this.goal.yaw) + Math.abs(this.pitch - this.goal.pitch) + Math.abs(this.distance - this.goal.distance) < 1e-3)
        this.goal = undefined;
      moving = true;
    }
    if (held) return moving;
    // a dead zone, so that balancing does not rock the room
    const slack = 0.3 * this.reach;
    const away = pivotX - this.focusX;
    const wanted = Math.abs(away) > slack ? pivotX - Math.sign(away) * slack : this.focusX;
    const step = (wanted - this.focusX) * (1 - Math.exp(-elapsed / 500));
    if (Math.abs(step) > 1e-4 * this.reach) {
      this.focusX += step;
      moving = true;
    }
    return moving;
  }
  jumpTo(pivotX: number): void {
    this.focusX = pivotX;
  }

  /** Pixels of focal length. A narrow picture is seen from farther away instead of being cut. */
  get focal(): number {
    return FOCAL * Math.min(this.height, this.width * 0.86);
  }
  get target(): readonly [number, number, number] {
    const { reach } = this;
    return [this.focusX + 0.3 * reach, -0.1 * reach, -this.centre * this.depth * reach];
  }
  /** Position of the eye. */
  get eye(): readonly [number, number, number] {
    const [tx, ty, tz] = this.target;
    const d = this.distance * this.reach;
    return [
      tx - Math.sin(this.yaw) * Math.cos(this.pitch) * d,
      ty + Math.sin(this.pitch) * d,
      tz + Math.cos(this.yaw) * Math.cos(this.pitch) * d,
    ];
  }
  /** World to picture: [x px, y px, px per metre there]; the scale is 0 behind the eye. */
  project(x: number, y: number, z: number): [number, number, number] {
    const [tx, ty, tz] = this.target;
    const ca = Math.cos(this.yaw);
    const sa = Math.sin(this.yaw);
    const cb = Math.cos(this.pitch);
    const sb = Math.sin(this.pitch);
    const dx = x - tx;
    const dy = y - ty;
    const dz = z - tz;
    const across = dx * ca + dz * sa;
    const back = -dx * sa + dz * ca;
    const up = dy * cb - back * sb;
    const near = dy * sb + back * cb;
    const depth = this.distance * this.reach - near;
    const scale = depth > 1e-3 ? this.focal / depth : 0;
    return [this.width / 2 + across * scale, this.height / 2 - up * scale, scale];
  }
  /** Picture to world on the plane at depth z; undefined where the plane is seen edge-on. */
  onPlane(px: number, py: number, z: number): [number, number] | undefined {
    const [ex, ey, ez] = this.eye;
    const ca = Math.cos(this.yaw);
    const sa = Math.sin(this.yaw);
    const cb = Math.cos(this.pitch);
    const sb = Math.sin(this.pitch);
    const u = (px - this.width / 2) / this.focal;
    const v = (this.height / 2 - py) / this.focal;
    // right, up and forward of the camera in the world
    const rx = u * ca + v * sb * sa + cb * sa;
    const ry = v * cb - sb;
    const rz = u * sa - v * sb * ca - cb * ca;
    if (Math.abs(rz) < 1e-6) return undefined;
    const t = (z - ez) / rz;
    return t > 0 ? [ex + t * rx, ey + t * ry] : undefined;
  }
}
