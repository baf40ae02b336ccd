import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { Theme } from '../theme/theme';
import type { Camera } from './camera';
import type { Ribbons } from './ribbons';
import type { Box } from './stageShape';

/** Layers of lines in painter's order. */
export interface Layers {
  readonly floor: Ribbons;
  readonly ruler: Ribbons;
  readonly rings: Ribbons;
  readonly rail: Ribbons;
  readonly tube: Ribbons;
  readonly band: Ribbons;
  readonly chosen: Ribbons;
  readonly trail: Ribbons;
  readonly pose: Ribbons;
}
export interface DrawStyle {
  /** Metres that the fan reaches back; 0 lays it flat. */
  readonly depth: number;
  readonly front: number;
  readonly fan: boolean;
  readonly all: boolean;
  readonly grey: boolean;
  /** Draw so many rollouts at most. */
  readonly most: number;
}
/** Whatever puts layers, boxes and the fan on a canvas. */
export interface Engine {
  resize(width: number, height: number): void;
  recolour(theme: Theme): void;
  setStage(boxes: readonly Box[]): void;
  setCart(box: Box | undefined): void;
  setPlan(frame: PlanFrame | undefined): void;
  draw(camera: Camera, style: DrawStyle): void;
  readonly busy: boolean;
  dispose(): void;
}
