import { describe, expect, test } from 'vitest';
import { decodePlanFrame } from '../../src/shared/episodes/planFrame';
import { Camera } from '../../src/renderer/scene/camera';
import { planLines, type PlanLayers } from '../../src/renderer/scene/planShape';
import { chosenPaths } from '../../src/renderer/scene/rankColours';
import { RIBBON, Ribbons } from '../../src/renderer/scene/ribbons';
import { layoutOf, markedInstants, stageBoxes } from '../../src/renderer/scene/stageShape';
import type { Palette } from '../../src/renderer/theme/theme';
import { builtInSetups } from '../../src/shared/setups/builtIn';
import { resolveSetup } from '../../src/shared/setups/resolve';
import { recordedRun, type SetupName } from './scripted';

const palette = new Proxy({ theme: 'dark' }, { get: (target, key) => (key === 'theme' ? target.theme : '#808080') }) as unknown as Palette;

describe('the camera', () => {
  const camera = new Camera();
  [camera.width, camera.height, camera.reach] = [700, 560, 0.6];
  test.each([
    [0, 0.06],
    [-0.52, 0.2],
    [-0.18, 1.12],
    [1.2, 0.9],
  ])('at yaw %s and pitch %s a place under the mouse is the place that is drawn there', (yaw, pitch) => {
    [camera.yaw, camera.pitch] = [yaw, pitch];
    for (const [x, y, z] of [
      [0, 0, 0],
      [0.5, 0.4, 0.1],
      [-0.7, -0.3, 0.1],
    ]) {
      const [px, py, scale] = camera.project(x, y, z);
      expect(scale).toBeGreaterThan(0);
      const back = camera.onPlane(px, py, z)!;
      expect(back[0]).toBeCloseTo(x, 9);
      expect(back[1]).toBeCloseTo(y, 9);
    }
  });
  test('what is deeper is smaller', () => {
    [camera.yaw, camera.pitch] = [0, 0.1];
    expect(camera.project(0, 0, -1)[2]).toBeLessThan(camera.project(0, 0, 0)[2]);
  });
  test('balancing does not rock the room, but a cart that runs away is followed', () => {
    camera.jumpTo(0);
    for (let now = 0; now < 3000; now += 16) camera.advance(now, 0.15 * Math.sin(now / 100), false);
    expect(Math.abs(camera.focusX)).toBeLessThan(1e-9);
    for (let now = 3000; now < 9000; now += 16) camera.advance(now, 2, false);
    expect(camera.focusX).toBeGreaterThan(1.7);
  });
});

describe('the fan', () => {
  test('is drawn whole where there is a GPU', () => expect(chosenPaths(400, Infinity)).toHaveLength(400));
  test('thinned, it keeps the best tenth, an even choice of the others, and the order of cost', () => {
    const chosen = chosenPaths(400, 100);
    expect(chosen).toHaveLength(100);
    expect(chosen.slice(-40)).toEqual(Array.from({ length: 40 }, (_, i) => 360 + i));
    expect(chosen[0]).toBe(0);
    for (let i = 1; i < chosen.length; i++) expect(chosen[i]).toBeGreaterThan(chosen[i - 1]);
  });
});

describe('time along the depth', () => {
  test('is marked every half second and at its end, and never twice nearly alike', () => {
    expect(markedInstants(1.4)).toEqual([0.5, 1, 1.4]);
    expect(markedInstants(1.2)).toEqual([0.5, 1.2]);
    expect(markedInstants(1.5)).toEqual([0.5, 1, 1.5]);
    expect(markedInstants(0.2)).toEqual([0.2]);
  });
});

describe.each<SetupName>(['light', 'pilco', 'pendulum'])('a plan of %s', (name) => {
  const { plan, snapshot } = recordedRun(name);
  const frame = decodePlanFrame(plan);
  const resolved = resolveSetup(builtInSetups[name]);
  const { plant, instance } = resolved;
  const layout = layoutOf(instance.bodies(plant.hanging()));
  const draw = (style: { depth: number; grey: boolean; tube: boolean }): PlanLayers => {
    const layers = { chosen: new Ribbons(), band: new Ribbons(), rings: new Ribbons(), tube: new Ribbons() };
    planLines(frame, plant, instance, layout, { ...style, palette }, layers);
    return layers;
  };
  const depths = ({ data, count }: Ribbons) => Array.from({ length: count }, (_, i) => data[i * RIBBON + 2]);

  test('ends where its depth says, and lies flat without depth', () => {
    const { chosen } = draw({ depth: 2.6, grey: false, tube: false });
    expect(Math.min(...depths(chosen))).toBeCloseTo(layout.front - 2.6 * layout.reach, 5);
    const flat = draw({ depth: 0, grey: false, tube: false });
    for (const z of depths(flat.chosen)) expect(z).toBeCloseTo(layout.front, 6);
  });
  test('has finite numbers only', () => {
    for (const layer of Object.values(draw({ depth: 2.6, grey: false, tube: true }))) {
      expect(layer.count).toBeGreaterThan(0);
      for (let i = 0; i < layer.count * RIBBON; i++) expect(Number.isFinite(layer.data[i])).toBe(true);
    }
  });
  test('its band lies on the circle that the tip can reach', () => {
    const { data, count } = draw({ depth: 2.6, grey: false, tube: false }).band;
    for (let i = 0; i < count; i += 7) {
      const step = Math.round(((layout.front - data[i * RIBBON + 2]) / (2.6 * layout.reach)) * frame.horizon);
      const pivot = instance
        .bodies(Float64Array.from(frame.states.subarray(step * frame.size, (step + 1) * frame.size)))
        .find(({ kind }) => kind === 'pivot') as { x: number; y: number };
      expect(Math.hypot(data[i * RIBBON] - pivot.x, data[i * RIBBON + 1] - pivot.y)).toBeCloseTo(layout.reach, 4);
    }
  });
  test('claims no doubt of a model when it is not applied', () => expect(draw({ depth: 2.6, grey: true, tube: false }).band.count).toBe(0));
  test('stands on boxes with a volume', () => {
    for (const { x0, x1, y0, y1, z0, z1 } of stageBoxes(layout, palette)) expect(x1 > x0 && y1 > y0 && z1 > z0).toBe(true);
    expect(snapshot.setup.plant.id).toBe(resolved.setup.plant);
  });
});
