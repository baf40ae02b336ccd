import {
  BufferAttribute,
  BufferGeometry,
  DataTexture,
  DynamicDrawUsage,
  GLSL3,
  LinearFilter,
  LineSegments,
  RGBAFormat,
  ShaderMaterial,
  Sphere,
} from 'three';
import type { PlanFrame } from '../../shared/episodes/planFrame';
import type { Theme } from '../theme/theme';
import { chosenPaths, RANK_COLOURS, rankTable } from './rankColours';

/**
 * The fan: every rollout as a thin line, coloured by rank, going back into the depth with time. The received bytes are
 * the vertex attribute; rank and step follow from the vertex's number, so a plan costs one upload and no JavaScript.
 */
export class FanMesh {
  readonly object: LineSegments;
  private readonly material: ShaderMaterial;
  private readonly table: DataTexture;
  private geometry = new BufferGeometry();
  private attribute: BufferAttribute | undefined;
  private present = false;
  private shape = '';
  private most = Infinity;
  private rollouts = 0;
  private horizon = 0;

  constructor(order: number, theme: Theme) {
    this.table = new DataTexture(rankTable(theme), RANK_COLOURS, 1, RGBAFormat);
    this.table.minFilter = this.table.magFilter = LinearFilter;
    this.table.needsUpdate = true;
    this.material = new ShaderMaterial({
      glslVersion: GLSL3,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      uniforms: {
        table: { value: this.table },
        rollouts: { value: 1 },
        points: { value: 2 },
        depth: { value: 0 },
        front: { value: 0 },
        all: { value: 0 },
        grey: { value: 0 },
        light: { value: 0 },
        boost: { value: 1 },
      },
      vertexShader,
      fragmentShader,
    });
    this.object = new LineSegments(this.geometry, this.material);
    this.object.frustumCulled = false;
    this.object.renderOrder = order;
    this.recolour(theme);
  }
  recolour(theme: Theme): void {
    this.table.image.data = rankTable(theme);
    this.table.needsUpdate = true;
    this.uniform('light', theme === 'light' ? 1 : 0);
  }
  update(frame: PlanFrame | undefined): void {
    this.present = frame !== undefined && frame.rollouts > 1;
    if (frame === undefined) return;
    const shape = `${frame.rollouts}x${frame.horizon}`;
    if (shape !== this.shape || this.attribute === undefined) {
      this.shape = shape;
      this.rollouts = frame.rollouts;
      this.horizon = frame.horizon;
      this.geometry.dispose();
      this.geometry = new BufferGeometry();
      this.geometry.boundingSphere = new Sphere();
      this.setIndex();
      this.attribute = new BufferAttribute(frame.tips, 2);
      this.attribute.setUsage(DynamicDrawUsage);
      this.geometry.setAttribute('tip', this.attribute);
      this.geometry.setAttribute('position', this.attribute); // three counts vertices by it
      this.object.geometry = this.geometry;
      this.uniform('rollouts', frame.rollouts);
      this.uniform('points', frame.horizon + 1);
    } else {
      this.attribute.array = frame.tips;
      this.attribute.needsUpdate = true;
    }
  }
  /** @param most  draw so many paths only: the best, and an even choice of the others, so that the search is still seen */
  style(options: {
    readonly fan: boolean;
    readonly depth: number;
    readonly front: number;
    readonly all: boolean;
    readonly grey: boolean;
    readonly most: number;
  }): void {
    this.object.visible = this.present && options.fan;
    this.uniform('depth', options.depth);
    this.uniform('front', options.front);
    this.uniform('all', options.all ? 1 : 0);
    this.uniform('grey', options.grey ? 1 : 0);
    if (options.most === this.most || this.rollouts === 0) return;
    this.most = options.most;
    this.setIndex();
  }
  dispose(): void {
    this.geometry.dispose();
    this.material.dispose();
    this.table.dispose();
  }
  private setIndex(): void {
    const chosen = chosenPaths(this.rollouts, this.most);
    this.geometry.setIndex(new BufferAttribute(segments(chosen, this.rollouts, this.horizon), 1));
    this.uniform('boost', Math.min(2.2, 1.1 * Math.sqrt(this.rollouts / chosen.length)));
  }
  private uniform(name: string, value: number): void {
    this.material.uniforms[name].value = value;
  }
}

function segments(chosen: readonly number[], rollouts: number, horizon: number): Uint16Array | Uint32Array {
  const count = chosen.length * horizon * 2;
  const index = rollouts * (horizon + 1) > 65535 ? new Uint32Array(count) : new Uint16Array(count);
  let at = 0;
  for (const k of chosen)
    for (let h = 0; h < horizon; h++) {
      index[at++] = k * (horizon + 1) + h;
      index[at++] = k * (horizon + 1) + h + 1;
    }
  return index;
}

// Drawing order is cost order, so no depth test: the best lies on top. The best tenth takes the bright end of the table.
const vertexShader = /* glsl */ `
in vec2 tip;
uniform sampler2D table;
uniform float rollouts, depth, front, all, grey, light, boost;
uniform int points;
out vec4 colour;
void main() {
  int k = gl_VertexID / points;
  int h = gl_VertexID - k * points;
  float rank = rollouts > 1.0 ? float(k) / (rollouts - 1.0) : 1.0;
  float time = float(h) / float(points - 1);
  float top = (rank - 0.9) * 10.0;
  bool best = rank >= 0.9;
  float at = all < 0.5 && best ? 0.62 + 0.38 * top : rank;
  float alpha = all > 0.5 ? mix(0.07, 0.62, rank * rank) : best ? 0.34 + 0.5 * top : boost * (0.05 + 0.17 * rank * rank);
  vec3 tint = texture(table, vec2(at, 0.5)).rgb;
  vec3 dull = mix(vec3(0.59, 0.63, 0.67), vec3(0.42, 0.46, 0.5), light);
  colour = vec4(mix(tint, dull, grey), alpha * mix(1.0, 0.55, time));
  gl_Position = projectionMatrix * modelViewMatrix * vec4(tip, front - depth * time, 1.0);
}`;
const fragmentShader = /* glsl */ `
in vec4 colour;
out vec4 fragment;
void main() { fragment = colour; }`;
