import { BoxGeometry, Mesh, MeshBasicMaterial, type Group } from 'three';
import type { Box } from './stageShape';

/** A box with three flat tones; lit by nothing, so that it looks the same on every machine and costs no light. */
export class BoxMesh {
  readonly mesh: Mesh;
  private static readonly unit = new BoxGeometry(1, 1, 1);
  private readonly materials: readonly [MeshBasicMaterial, MeshBasicMaterial, MeshBasicMaterial];

  constructor(parent: Group, order: number) {
    const flat = () => new MeshBasicMaterial({ depthTest: false, depthWrite: false, transparent: true }); // 'transparent' puts it into the painter's order
    this.materials = [flat(), flat(), flat()];
    const [top, front, side] = this.materials;
    this.mesh = new Mesh(BoxMesh.unit, [side, side, top, front, front, front]);
    this.mesh.renderOrder = order;
    parent.add(this.mesh);
  }
  update({ x0, x1, y0, y1, z0, z1, tones }: Box): void {
    this.mesh.position.set((x0 + x1) / 2, (y0 + y1) / 2, (z0 + z1) / 2);
    this.mesh.scale.set(x1 - x0, y1 - y0, z1 - z0);
    this.materials.forEach((material, i) => material.color.setRGB(tones[i][0], tones[i][1], tones[i][2]));
  }
  dispose(): void {
    this.mesh.removeFromParent();
    for (const material of this.materials) material.dispose();
  }
}
