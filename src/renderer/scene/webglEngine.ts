import { ColorManagement, Group, LinearSRGBColorSpace, PerspectiveCamera, Scene, Vector2, WebGLRenderer } from 'three';
import type { PlanFrame } from '../../shared/episodes/planFrame';
import { BoxMesh } from './boxMesh';
import type { Camera } from './camera';
import type { DrawStyle, Engine, Layers } from './engine';
import { FanMesh } from './fanMesh';
import type { Quality } from './quality';
import { RibbonMesh } from './ribbonMesh';
import type { Box } from './stageShape';
import type { Theme } from '../theme/theme';

/** A picture that is not finished by then is not waited for any longer. */
const LONGEST_WAIT_MS = 400;

ColorManagement.enabled = false; // tokens are what is seen; nothing here is lit

/** Draws with WebGL2. Painter's order everywhere: the picture is a stage seen from the front, not a world to walk in. */
export class WebglEngine implements Engine {
  private readonly renderer: WebGLRenderer;
  private readonly scene = new Scene();
  private readonly eye = new PerspectiveCamera(40, 1, 0.05, 200);
  private readonly resolution = new Vector2(1, 1);
  private readonly ribbons: RibbonMesh[];
  private readonly fan: FanMesh;
  private readonly stage = new Group();
  private boxes: BoxMesh[] = [];
  private readonly cart: BoxMesh;
  private fence: WebGLSync | undefined;
  private drawnAt = 0;

  constructor(canvas: HTMLCanvasElement, quality: Quality, layers: Layers, theme: Theme) {
    this.renderer = new WebGLRenderer({
      canvas,
      antialias: quality.antialias,
      alpha: true,
      depth: false,
      stencil: false,
      powerPreference: 'high-performance',
    });
    this.renderer.outputColorSpace = LinearSRGBColorSpace;
    this.renderer.setPixelRatio(Math.min(quality.pixelRatio, window.devicePixelRatio || 1));
    this.renderer.sortObjects = true;
    const line = (name: keyof Layers, order: number, caps: boolean) => new RibbonMesh(layers[name], order, caps, this.resolution);
    this.ribbons = [
      line('floor', 0, false),
      line('ruler', 1, false),
      line('rings', 2, false),
      line('rail', 4, false),
      line('tube', 6, false),
      line('band', 7, false),
      line('chosen', 8, true),
      line('trail', 11, false),
      line('pose', 12, true),
    ];
    for (const { object } of this.ribbons) this.scene.add(object);
    this.fan = new FanMesh(5, theme);
    this.scene.add(this.fan.object);
    this.scene.add(this.stage);
    const carts = new Group();
    this.scene.add(carts);
    this.cart = new BoxMesh(carts, 10);
  }

  resize(width: number, height: number): void {
    this.renderer.setSize(width, height, false);
    this.resolution.set(width, height);
    this.eye.aspect = width / height;
  }
  recolour(theme: Theme): void {
    this.fan.recolour(theme);
  }
  setStage(boxes: readonly Box[]): void {
    for (const box of this.boxes) box.dispose();
    this.boxes = boxes.map((box, i) => {
      const mesh = new BoxMesh(this.stage, 3 + i * 0.01);
      mesh.update(box);
      return mesh;
    });
  }
  setCart(box: Box | undefined): void {
    this.cart.mesh.visible = box !== undefined;
    if (box !== undefined) this.cart.update(box);
  }
  setPlan(frame: PlanFrame | undefined): void {
    this.fan.update(frame);
  }
  draw(camera: Camera, style: DrawStyle): void {
    for (const ribbon of this.ribbons) ribbon.update();
    this.fan.style(style);
    this.eye.fov = (2 * Math.atan(camera.height / 2 / camera.focal) * 180) / Math.PI;
    this.eye.near = 0.05 * camera.reach;
    this.eye.far = 60 * camera.reach;
    this.eye.updateProjectionMatrix();
    this.eye.position.set(...camera.eye);
    this.eye.lookAt(...camera.target);
    this.renderer.render(this.scene, this.eye);
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    this.fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0) ?? undefined;
    gl.flush();
    this.drawnAt = performance.now();
  }
  /** Whether the last picture is still being drawn; a new one would only queue behind it. */
  get busy(): boolean {
    if (this.fence === undefined) return false;
    const gl = this.renderer.getContext() as WebGL2RenderingContext;
    const pending = !gl.isContextLost() && gl.getSyncParameter(this.fence, gl.SYNC_STATUS) !== gl.SIGNALED;
    if (pending && performance.now() - this.drawnAt < LONGEST_WAIT_MS) return true;
    gl.deleteSync(this.fence);
    this.fence = undefined;
    return false;
  }
  dispose(): void {
    for (const ribbon of this.ribbons) ribbon.dispose();
    for (const box of this.boxes) box.dispose();
    this.cart.dispose();
    this.fan.dispose();
    this.renderer.dispose();
    this.renderer.forceContextLoss();
  }
}
