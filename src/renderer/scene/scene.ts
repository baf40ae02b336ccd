import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { Body, Plant, PlantInstance } from '../../shared/plants/plant';
import type { Palette } from '../theme/theme';
import { Camera, type Preset } from './camera';
import { CanvasEngine } from './canvasEngine';
import type { Engine, Layers } from './engine';
import { Overlay, type Callout, type PlacedLabel } from './overlay';
import { planLines } from './planShape';
import { watchPointer, type Hold } from './pointer';
import { cartBox, poseLines, trailLines } from './poseShape';
import type { Quality } from './quality';
import { chosenPaths } from './rankColours';
import { Ribbons, type Rgb } from './ribbons';
import { layoutOf, rulerLines, stageBoxes, stageLines, type Layout } from './stageShape';
import { WebglEngine } from './webglEngine';

export type FanMode = 'all' | 'best' | 'tube';
/** How far back the end of the plan lies, in units of the reach. */
const DEPTH = 2.6;

/** What is drawn now. */
export interface SceneData {
  readonly plant: Plant;
  readonly instance: PlantInstance;
  /** [n] the pose to draw. */
  readonly state: Float64Array;
  /** x, y pairs of the tip's past, oldest first; NaN breaks the line. */
  readonly trail: Float32Array;
  readonly trailCount: number;
  readonly plan: PlanFrame | undefined;
  /** Grey: what is drawn as plan does not act. */
  readonly grey: boolean;
  /** Where the cart should stand; undefined without such a target. */
  readonly target: number | undefined;
  readonly firstStart: boolean;
}
export interface SceneOptions {
  readonly fan: FanMode;
  readonly showFan: boolean;
  readonly depth: boolean;
  readonly preset: Preset;
}
/** What the mouse does to the rig. */
export interface SceneHands {
  /** Pulled at the pole or the cart: lever and pull in metres, in the plane. Called again and again while held. @returns words for the arrow */
  pull(what: 'pole' | 'cart', grip: readonly [number, number], to: readonly [number, number]): string;
  /** The target was dragged to x. */
  target(x: number): void;
  release(): void;
  mayPush(): boolean;
}

/** A scene that is only looked at. */
const noHands: SceneHands = { pull: () => '', target: () => undefined, release: () => undefined, mayPush: () => false };

/** The scene: a stage, a rig of shapes, what it did and what it intends. No frameworks inside; asked on animation frames. */
export class StageScene {
  readonly camera = new Camera();
  private readonly layers: Layers = {
    floor: new Ribbons(128),
    ruler: new Ribbons(16),
    rings: new Ribbons(256),
    rail: new Ribbons(64),
    tube: new Ribbons(16),
    band: new Ribbons(1024),
    chosen: new Ribbons(512),
    trail: new Ribbons(64),
    pose: new Ribbons(32),
  };
  private readonly canvas = document.createElement('canvas');
  private readonly engine: Engine;
  private readonly overlay: Overlay;
  private readonly watching: { dispose(): void; readonly hold: Hold | undefined };
  private layout: Layout | undefined;
  private stageKey = '';
  private planKey = '';
  private drawnPlan: PlanFrame | undefined;
  private ruler: readonly PlacedLabel[] = [];
  private rulerKey = '';
  private data: SceneData | undefined;
  private bodies: readonly Body[] = [];
  private options: SceneOptions = { fan: 'best', showFan: true, depth: true, preset: 'threeQuarter' };
  private stale = true;

  constructor(
    container: HTMLElement,
    readonly quality: Quality,
    private palette: Palette,
    hands: SceneHands = noHands,
  ) {
    this.canvas.setAttribute('aria-hidden', 'true');
    container.append(this.canvas);
    this.engine =
      quality.engine === 'canvas'
        ? new CanvasEngine(this.canvas, this.layers, palette.theme)
        : new WebglEngine(this.canvas, quality, this.layers, palette.theme);
    this.warmUp();
    this.overlay = new Overlay(container);
    this.watching = watchPointer(container, this.camera, {
      bodies: () => this.bodies,
      front: () => this.layout?.front ?? 0,
      target: () => this.targetPlace,
      hands,
      touched: () => void (this.stale = true),
    });
  }

  /** Whether the engine has made everything that it needs to draw; it may take a second where the processor draws. */
  get ready(): boolean {
    return !this.engine.busy;
  }
  update(data: SceneData): void {
    this.data = data;
    this.bodies = data.instance.bodies(data.state);
    this.stale = true;
  }
  setOptions(options: SceneOptions): void {
    if (options.preset !== this.options.preset) this.camera.turnTo(options.preset);
    this.options = options;
    this.stale = true;
  }
  recolour(palette: Palette): void {
    this.palette = palette;
    this.engine.recolour(palette.theme);
    this.stageKey = this.planKey = this.rulerKey = '';
    this.stale = true;
  }
  resize(width: number, height: number): void {
    if (width < 2 || height < 2) return;
    this.camera.width = width;
    this.camera.height = height;
    this.engine.resize(width, height);
    this.stale = true;
  }
  /** A jump of the rig (a reset): the eye jumps with it. */
  jump(): void {
    this.camera.jumpTo(this.pivotX);
  }
  /** Draws if there is something new. @returns whether it drew */
  draw(now: number): boolean {
    const { data } = this;
    const moving = this.camera.advance(now, this.pivotX, this.watching.hold !== undefined);
    if (data === undefined || !(this.stale || moving) || this.engine.busy || this.camera.height < 2) return false;
    this.stale = false;
    const depth = this.options.depth ? DEPTH : 0;
    const layout = this.setStage(depth);
    this.camera.depth = DEPTH;
    this.setPlan(layout, depth);
    const cart = this.bodies.find((body) => body.kind === 'cart');
    this.engine.setCart(cart === undefined ? undefined : cartBox(cart, this.palette));
    poseLines(this.bodies, layout, data.grey, this.palette, this.layers.pose);
    trailLines(data.trail, data.trailCount, layout, this.palette, this.layers.trail);
    this.setRuler(layout, depth);
    this.engine.draw(this.camera, {
      depth: depth * layout.reach,
      front: layout.front,
      fan: this.options.showFan && this.options.fan !== 'tube',
      all: this.options.fan === 'all',
      grey: data.grey,
      most: this.options.fan === 'all' ? Infinity : this.quality.rollouts,
    });
    this.overlay.setLabels(this.camera, this.ruler);
    this.overlay.setTarget(this.camera, this.targetPlace, this.watching.hold?.what === 'target');
    this.overlay.setCallouts(this.camera, data.firstStart ? this.callouts(layout, depth) : []);
    this.drawArrow(layout);
    return true;
  }
  dispose(): void {
    this.watching.dispose();
    this.overlay.dispose();
    this.engine.dispose();
    this.canvas.remove();
  }

  /**
   * Draws something of every kind once. Shaders are made at their first use, which may take a second where the
   * processor draws; it is spent here, before anybody waits for an answer of this page.
   */
  private warmUp(): void {
    const { layers, engine, camera } = this;
    [camera.width, camera.height] = [8, 8];
    engine.resize(8, 8);
    const unseen: Rgb = [0, 0, 0];
    for (const layer of Object.values(layers)) layer.begin().line(0, 0, 0, 0.1, 0, 0, unseen, 1, 0);
    const box = { x0: 0, x1: 0.1, y0: 0, y1: 0.1, z0: 0, z1: 0.1, tones: [unseen, unseen, unseen] } as const;
    engine.setStage([box]);
    engine.setCart(box);
    const none = new Float32Array(0);
    engine.setPlan({
      id: 0,
      step: 0,
      time: 0,
      rollouts: 2,
      horizon: 1,
      period: 0.05,
      cost: 0,
      planMs: 0,
      size: 1,
      actions: none,
      states: none,
      band: none,
      bandLevels: 0,
      costs: none,
      tips: new Float32Array(8),
    });
    engine.draw(camera, { depth: 1, front: 0, fan: true, all: true, grey: false, most: Infinity });
    for (const layer of Object.values(layers)) layer.begin();
    engine.setPlan(undefined);
  }
  private get pivotX(): number {
    const pivot = this.bodies.find((body) => body.kind === 'pivot');
    return pivot?.x ?? 0;
  }
  private get targetPlace(): readonly [number, number, number] | undefined {
    const { data, layout } = this;
    if (data?.target === undefined || layout?.rail === undefined) return undefined;
    return [data.target, -0.95 * layout.cartHeight, 0.45 * layout.cartHeight];
  }
  private setStage(depth: number): Layout {
    const layout = layoutOf(this.bodies);
    const key = `${layout.reach.toFixed(4)} ${layout.rail?.join()} ${depth} ${this.palette.theme}`;
    if (key === this.stageKey && this.layout !== undefined) return this.layout;
    this.stageKey = key;
    this.layout = layout;
    this.camera.reach = layout.reach;
    stageLines(layout, DEPTH, this.palette, this.layers.floor, this.layers.rail);
    this.engine.setStage(stageBoxes(layout, this.palette));
    this.planKey = this.rulerKey = '';
    return layout;
  }
  private setPlan(layout: Layout, depth: number): void {
    const { plan, plant, instance, grey } = this.data!;
    const shown = this.options.showFan ? plan : undefined;
    const key = `${shown?.id ?? ''} ${depth} ${grey} ${this.options.fan}`;
    if (key === this.planKey && shown === this.drawnPlan) return;
    this.planKey = key;
    if (shown !== this.drawnPlan) this.engine.setPlan(shown);
    this.drawnPlan = shown;
    const { chosen, band, rings, tube } = this.layers;
    if (shown === undefined) for (const layer of [chosen, band, rings, tube]) layer.begin();
    else
      planLines(
        shown,
        plant,
        instance,
        layout,
        { depth, grey, tube: this.options.fan === 'tube', palette: this.palette },
        { chosen, band, rings, tube },
      );
  }
  private setRuler(layout: Layout, depth: number): void {
    const plan = this.options.showFan ? this.data!.plan : undefined;
    if (plan === undefined || depth === 0) {
      this.layers.ruler.begin();
      this.ruler = [];
      this.rulerKey = '';
      return;
    }
    const place = this.camera.focusX + 1.42 * layout.reach;
    const seconds = plan.horizon * plan.period;
    const key = `${place.toFixed(3)} ${seconds}`;
    if (key === this.rulerKey) return;
    this.rulerKey = key;
    this.ruler = rulerLines(layout, depth, seconds, place, this.palette, this.layers.ruler);
  }
  private callouts(layout: Layout, depth: number): Callout[] {
    const { plan, instance } = this.data!;
    const seconds = plan === undefined ? 0 : plan.horizon * plan.period;
    const tip = new Float64Array(2);
    let chosen: readonly [number, number, number] | undefined;
    let other: readonly [number, number, number] | undefined;
    if (plan !== undefined && plan.rollouts > 20 && this.options.showFan) {
      const at = Math.round(plan.horizon * 0.3);
      instance.tip(Float64Array.from(plan.states.subarray(at * plan.size, (at + 1) * plan.size)), 0, tip, 0);
      chosen = [tip[0], tip[1], layout.front - (depth * layout.reach * at) / plan.horizon];
      other = this.otherPath(plan, layout, depth);
    }
    const most = plan === undefined ? 0 : this.options.fan === 'all' ? plan.rollouts : Math.min(plan.rollouts, this.quality.rollouts);
    return [
      {
        x: 0.09,
        y: 0.1,
        lines: [`This is the plan, ${seconds.toFixed(1)} s ahead.`, 'Deeper into the picture is later.'],
        at: chosen,
        ring: true,
      },
      { x: 0.96, y: 0.13, lines: [`${most} other plans, the best ones bright.`], at: other, ring: false },
    ];
  }
  /** A point on one of the faint paths, on the right where the words are. */
  private otherPath(plan: PlanFrame, layout: Layout, depth: number): readonly [number, number, number] {
    const paths = chosenPaths(plan.rollouts, this.quality.rollouts);
    let best: readonly [number, number, number] = [0, 0, 0];
    let right = -Infinity;
    for (let i = 0; i < 12; i++) {
      const k = paths[Math.floor((paths.length * (i + 0.5)) / 16)];
      const step = Math.round(plan.horizon * 0.7);
      const at = (k * (plan.horizon + 1) + step) * 2;
      const place = [plan.tips[at], plan.tips[at + 1], layout.front - (depth * layout.reach * step) / plan.horizon] as const;
      const [x, y] = this.camera.project(...place);
      const score = x - 0.6 * y;
      if (y > 0.18 * this.camera.height && x < 0.92 * this.camera.width && score > right) [best, right] = [place, score];
    }
    return best;
  }
  private drawArrow(layout: Layout): void {
    const hold = this.watching.hold;
    if (hold === undefined || hold.what === 'target' || hold.what === 'orbit') return this.overlay.setArrow(undefined);
    const [fx, fy] = this.camera.project(hold.grip[0], hold.grip[1], layout.front);
    const [tx, ty] = this.camera.project(hold.to[0], hold.what === 'cart' ? hold.grip[1] : hold.to[1], layout.front);
    this.overlay.setArrow({ from: [fx, fy], to: [tx, ty], text: hold.words });
  }
}
