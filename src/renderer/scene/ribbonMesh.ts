import {
  BufferAttribute,
  DoubleSide,
  InstancedBufferGeometry,
  InstancedInterleavedBuffer,
  InterleavedBufferAttribute,
  Mesh,
  NormalBlending,
  ShaderMaterial,
  Sphere,
  Vector2,
} from 'three';
import { RIBBON, type Ribbons } from './ribbons';

/**
 * Ribbons on the GPU: one quad each, widened in screen space, with soft edges worked out in the shader. The lines of
 * three's add-ons have one alpha and one width for all, and without antialiasing (which software GL cannot afford)
 * their edges are steps; here every line has its own, and edges are smooth anywhere.
 */
export class RibbonMesh {
  readonly object: Mesh;
  private readonly geometry = new InstancedBufferGeometry();
  private readonly material: ShaderMaterial;
  private buffer: InstancedInterleavedBuffer | undefined;
  private version = -1;

  /** @param caps  round ends: right for solid lines, but where a line is translucent they show at every joint */
  constructor(
    private readonly ribbons: Ribbons,
    order: number,
    caps: boolean,
    resolution: Vector2,
  ) {
    this.geometry.setAttribute('position', new BufferAttribute(new Float32Array([-1, 0, 0, 1, 0, 0, -1, 1, 0, 1, 1, 0]), 3));
    this.geometry.boundingSphere = new Sphere(); // never asked for truly; three would work it out of what are no positions
    this.geometry.setIndex([0, 1, 2, 2, 1, 3]);
    this.material = new ShaderMaterial({
      transparent: true,
      side: DoubleSide,
      depthTest: false,
      depthWrite: false,
      blending: NormalBlending,
      uniforms: { resolution: { value: resolution }, caps: { value: caps ? 1 : 0 } },
      vertexShader,
      fragmentShader,
    });
    this.object = new Mesh(this.geometry, this.material);
    this.object.frustumCulled = false;
    this.object.renderOrder = order;
  }
  /** Sends the ribbons over if they changed. */
  update(): void {
    const { ribbons } = this;
    this.object.visible = ribbons.count > 0;
    if (ribbons.version === this.version) return;
    this.version = ribbons.version;
    if (this.buffer === undefined || this.buffer.array !== ribbons.data) {
      this.geometry.dispose(); // a bigger array needs a new buffer on the GPU
      this.buffer = new InstancedInterleavedBuffer(ribbons.data, RIBBON, 1);
      const attribute = (name: string, size: number, offset: number) =>
        this.geometry.setAttribute(name, new InterleavedBufferAttribute(this.buffer!, size, offset));
      attribute('a', 3, 0);
      attribute('b', 3, 3);
      attribute('tint', 3, 6);
      attribute('more', 3, 9);
    }
    this.geometry.instanceCount = ribbons.count;
    this.buffer.clearUpdateRanges();
    this.buffer.addUpdateRange(0, ribbons.count * RIBBON);
    this.buffer.needsUpdate = true;
  }
  dispose(): void {
    this.geometry.dispose();
    this.material.dispose();
  }
}

// more: alpha at start, alpha at end, width in px
const vertexShader = /* glsl */ `
attribute vec3 a; attribute vec3 b; attribute vec3 tint; attribute vec3 more;
uniform vec2 resolution; uniform float caps;
varying vec4 colour; varying vec2 place; varying float len; varying float half_;
void main() {
  vec4 p = projectionMatrix * modelViewMatrix * vec4(a, 1.0);
  vec4 q = projectionMatrix * modelViewMatrix * vec4(b, 1.0);
  const float near = 0.02;
  if (p.w < near && q.w < near) { gl_Position = vec4(2.0, 2.0, 2.0, 1.0); return; }
  if (p.w < near) p = mix(p, q, (near - p.w) / (q.w - p.w));
  if (q.w < near) q = mix(q, p, (near - q.w) / (p.w - q.w));
  vec2 sp = p.xy / p.w * resolution * 0.5;
  vec2 sq = q.xy / q.w * resolution * 0.5;
  vec2 d = sq - sp;
  len = length(d);
  vec2 along = len > 1e-3 ? d / len : vec2(1.0, 0.0);
  vec2 across = vec2(-along.y, along.x);
  half_ = more.z * 0.5;
  float pad = half_ + 1.0;
  float round_ = caps > 0.5 || len < 1e-3 ? pad : 0.0;
  float s = position.y;
  vec2 at = mix(sp, sq, s) + across * position.x * pad + along * (2.0 * s - 1.0) * round_;
  place = vec2(dot(at - sp, along), position.x * pad);
  colour = vec4(tint, mix(more.x, more.y, s));
  vec4 base = s < 0.5 ? p : q;
  gl_Position = vec4(at / (resolution * 0.5) * base.w, base.z, base.w);
}`;
const fragmentShader = /* glsl */ `
varying vec4 colour; varying vec2 place; varying float len; varying float half_;
void main() {
  float beyond = max(max(-place.x, place.x - len), 0.0);
  float d = length(vec2(beyond, place.y));
  float soft = 1.0 - smoothstep(half_ - 0.5, half_ + 0.5, d);
  gl_FragColor = vec4(colour.rgb, colour.a * soft);
}`;
