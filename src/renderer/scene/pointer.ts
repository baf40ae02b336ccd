import type { Body } from '../../shared/plants/plant';
import type { Camera } from './camera';
import type { SceneHands } from './scene';

/** What the mouse holds now. Places in metres, in the plane of motion. */
export interface Hold {
  readonly what: 'pole' | 'cart' | 'target' | 'orbit';
  /** Where it holds, following the rig. */
  grip: [number, number];
  to: [number, number];
  words: string;
}
interface Surroundings {
  bodies(): readonly Body[];
  front(): number;
  target(): readonly [number, number, number] | undefined;
  hands: SceneHands;
  touched(): void;
}
/** How near the mouse must be to take hold, px. */
const GRASP = 16;
/** A held hand goes on pulling at this pace, ms. */
const PULL_MS = 50;

/** The mouse on the scene: pull the pole or the cart, drag the target, or turn the picture. */
export function watchPointer(
  container: HTMLElement,
  camera: Camera,
  around: Surroundings,
): { dispose(): void; readonly hold: Hold | undefined } {
  let hold: Hold | undefined;
  /** Share of the rod at which it is held, from the pivot. */
  let along = 1;
  let offset = 0;
  let timer: number | undefined;
  let last: [number, number] = [0, 0];

  const place = (event: PointerEvent | WheelEvent): [number, number] => {
    const box = container.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const rod = () => around.bodies().find((body) => body.kind === 'rod');
  const cart = () => around.bodies().find((body) => body.kind === 'cart');

  function under(px: number, py: number): { what: Hold['what']; along?: number } {
    const z = around.front();
    const mark = around.target();
    if (mark !== undefined && around.hands.mayPush()) {
      const [x, y] = camera.project(...mark);
      if (Math.abs(px - x) < 22 && py > y - 6 && py < y + 32) return { what: 'target' };
    }
    if (!around.hands.mayPush()) return { what: 'orbit' };
    const body = rod();
    if (body !== undefined) {
      const [ax, ay] = camera.project(body.x0, body.y0, z);
      const [bx, by] = camera.project(body.x1, body.y1, z);
      const length = Math.hypot(bx - ax, by - ay) || 1;
      const share = Math.max(0, Math.min(1, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / (length * length)));
      const away = Math.hypot(px - ax - share * (bx - ax), py - ay - share * (by - ay));
      if (away < GRASP && share > 0.25) return { what: 'pole', along: Math.max(0.35, share) };
    }
    const box = cart();
    if (box !== undefined) {
      const [x, y, scale] = camera.project(box.x, 0, z);
      if (Math.abs(px - x) < (box.width / 2) * scale + 6 && Math.abs(py - y) < (box.height / 2) * scale + 8) return { what: 'cart' };
    }
    return { what: 'orbit' };
  }
  function follow(): void {
    if (hold === undefined || hold.what === 'orbit' || hold.what === 'target') return;
    const body = rod();
    if (hold.what === 'pole' && body !== undefined)
      hold.grip = [body.x0 + along * (body.x1 - body.x0), body.y0 + along * (body.y1 - body.y0)];
    const box = cart();
    if (hold.what === 'cart' && box !== undefined) hold.grip = [box.x + offset, 0];
    const to = camera.onPlane(last[0], last[1], around.front());
    if (to !== undefined) hold.to = to;
    hold.words = around.hands.pull(hold.what, hold.grip, hold.to);
    around.touched();
  }
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    last = place(event);
    const found = under(...last);
    event.preventDefault();
    container.setPointerCapture(event.pointerId);
    const at = camera.onPlane(last[0], last[1], around.front()) ?? [0, 0];
    hold = { what: found.what, grip: [at[0], at[1]], to: [at[0], at[1]], words: '' };
    along = found.along ?? 1;
    offset = found.what === 'cart' ? at[0] - (cart()?.x ?? 0) : 0;
    container.dataset.hold = found.what;
    if (found.what === 'pole' || found.what === 'cart') timer = window.setInterval(follow, PULL_MS);
  };
  const move = (event: PointerEvent) => {
    const here = place(event);
    if (hold === undefined) {
      container.dataset.over = under(...here).what;
      return;
    }
    const [dx, dy] = [here[0] - last[0], here[1] - last[1]];
    last = here;
    if (hold.what === 'orbit') camera.orbit(dx, dy);
    else if (hold.what === 'target') {
      const mark = around.target();
      const at = mark === undefined ? undefined : camera.onPlane(here[0], here[1], mark[2]);
      if (at !== undefined) around.hands.target(at[0]);
    }
    around.touched();
  };
  const up = () => {
    window.clearInterval(timer);
    if (hold !== undefined && (hold.what === 'pole' || hold.what === 'cart')) around.hands.release();
    hold = undefined;
    delete container.dataset.hold;
    around.touched();
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    camera.zoom(Math.exp(event.deltaY * 0.001));
    around.touched();
  };
  container.addEventListener('pointerdown', down);
  container.addEventListener('pointermove', move);
  container.addEventListener('pointerup', up);
  container.addEventListener('pointercancel', up);
  container.addEventListener('wheel', wheel, { passive: false });
  return {
    get hold() {
      return hold;
    },
    dispose() {
      window.clearInterval(timer);
      container.removeEventListener('pointerdown', down);
      container.removeEventListener('pointermove', move);
      container.removeEventListener('pointerup', up);
      container.removeEventListener('pointercancel', up);
      container.removeEventListener('wheel', wheel);
    },
  };
}
