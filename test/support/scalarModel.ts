import type { DynamicsModel } from '../../src/shared/models/model';
import type { Plant, PlantInstance } from '../../src/shared/plants/plant';
import type { TaskCost } from '../../src/shared/tasks/task';

/** One number that the action changes: s' = gain · s + a. Small enough that answers are known by heart. */
export function scalarWorld(gain = 1, limit = 10) {
  const plant: Plant = {
    label: 'Scalar',
    source: 'test',
    channels: [{ id: 'level', label: 'Level', symbol: 's', unit: '', scale: 1, bound: Infinity, mirrorSign: -1 }],
    action: { id: 'action', label: 'Action', symbol: 'a', unit: '' },
    structure: { coordinates: [], placeFree: [], mirror: true },
    settings: {},
    parameters: [],
    hanging: () => new Float64Array(1),
    create: () => instance,
  };
  const instance: PlantInstance = {
    size: 1,
    actionLimit: limit,
    stateLimits: [[-Infinity, Infinity]],
    derivative: (_state, action, out) => void (out[0] = action),
    energy: () => 0,
    tip(state, offset, out, at) {
      out[at] = state[offset]!;
      out[at + 1] = 0;
    },
    bodies: () => [],
  };
  const model: DynamicsModel = {
    kind: 'scalar',
    plant: 'scalar',
    period: 1,
    members: 1,
    predict(states, actions, count) {
      for (let i = 0; i < count; i++) states[i] = gain * states[i]! + actions[i]!;
    },
    save: () => {
      throw new Error('not saved in tests');
    },
  };
  /** s² + a², counted after the step. */
  const cost: TaskCost = {
    terms: [
      { label: 'level', of: { channel: 'level' }, shape: 'square', weight: 1, target: 0 },
      { label: 'effort', of: { feature: 'action' }, shape: 'square', weight: limit * limit, target: 0 },
    ],
    finalFactor: 1,
  };
  return { plant, instance, model, cost };
}
