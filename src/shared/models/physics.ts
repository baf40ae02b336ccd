import { RungeKutta } from '../math/integrate';
import { streamKey, word } from '../math/random';
import type { Plant, PlantInstance } from '../plants/plant';
import { integer, real, settle, type SettingValues } from '../settings';
import { defineModel, type DynamicsModel, type ModelHeader, type SavedModel } from './model';
import { checkHeader, headerOf, structureOf } from './saved';

/** Belief that was given the equations: the plant's own, integrated over a period, with parameters that may be wrong. */
export const physics = defineModel({
  label: 'Equations of motion',
  source: 'The plant’s own equations; Runge–Kutta of fourth order.',
  settings: {
    equations: real({
      label: 'Error of the equations',
      meaning: 'Each mass, length and friction is off by the factor 1 + F or 1 / (1 + F), drawn from the seed; 0 means the true equations.',
      unit: '',
      default: 0,
      min: 0,
      max: 10,
      step: 0.05,
      applies: 'nextEpisode',
    }),
    substeps: integer({
      label: 'Substeps',
      meaning:
        'Steps of the integrator in a period; 0 chooses two for periods above 30 ms, one below, and more where dry friction is steep.',
      unit: '',
      default: 0,
      min: 0,
      max: 100,
      step: 1,
      applies: 'nextEpisode',
      expert: true,
    }),
  },
  needsData: false,
  usesTensors: false,

  fit(request) {
    const { plant, settings, period } = request;
    const believed = perturbedParameters(plant, request.plantValues ?? {}, settings.equations, request.seed);
    const substeps = settings.substeps > 0 ? settings.substeps : enoughSubsteps(plant, believed, period);
    const header = { ...headerOf('physics', request, request.data.count, []), structure: { plantValues: believed, substeps } };
    return Promise.resolve(new PhysicsModel(plant, believed, substeps, header));
  },

  load(saved, plant) {
    checkHeader(saved, 'physics', plant);
    const { plantValues, substeps } = structureOf(saved.header);
    if (typeof plantValues !== 'object' || plantValues === null)
      throw new Error('This model is damaged: the settings of its plant are missing.');
    if (!Number.isInteger(substeps) || Number(substeps) < 1) throw new Error(`This model is damaged: ${String(substeps)} substeps.`);
    return new PhysicsModel(plant, plantValues as SettingValues, Number(substeps), saved.header);
  },
});

/**
 * The plant's settings with each of its parameters off by the factor 1 + F or 1 / (1 + F), drawn from the seed and held
 * within the setting's range. What is 0 stays 0.
 * @param values  settings that differ from the plant's defaults
 * @returns       all settings of the plant
 */
export function perturbedParameters(plant: Plant, values: SettingValues, F: number, seed: number): SettingValues {
  const settled: Record<string, SettingValues[string]> = { ...settle(plant.settings, values, 'plant') };
  plant.parameters.forEach((id, index) => {
    const setting = plant.settings[id];
    const value = settled[id];
    if (F === 0 || setting.kind !== 'number' || typeof value !== 'number') return;
    const more = (word(streamKey(seed, 0x657175, index, 0), 0) & 1) === 1;
    settled[id] = Math.min(setting.max, Math.max(setting.min, more ? value * (1 + F) : value / (1 + F)));
  });
  return settled;
}

/** Dry friction is a steep slope at rest; steps longer than two of its time constants would swing about it without end. */
function enoughSubsteps(plant: Plant, values: SettingValues, period: number): number {
  const instance = plant.create(settle(plant.settings, values, 'plant'));
  const slowly = 1e-4;
  let steepest = 0;
  for (const { rate } of plant.structure.coordinates) {
    const [forth, back] = [slowly, -slowly].map((speed) => {
      const state = plant.hanging();
      const out = new Float64Array(instance.size);
      state[rate] = speed;
      instance.derivative(state, 0, out);
      return out[rate];
    });
    steepest = Math.max(steepest, Math.abs(forth - back) / (2 * slowly));
  }
  return Math.max(period > 0.03 ? 2 : 1, Math.ceil((period * steepest) / 2));
}

export class PhysicsModel implements DynamicsModel {
  readonly kind = 'physics';
  readonly plant: string;
  readonly period: number;
  readonly members = 1;
  private readonly integrator: RungeKutta;
  private readonly state: Float64Array;
  private readonly bounds: readonly number[];

  /**
   * @param equations    the plant whose equations these are
   * @param plantValues  settings that differ from the plant's defaults
   * @param substeps     steps of the integrator in a period, ≥ 1
   */
  constructor(
    readonly equations: Plant,
    readonly plantValues: SettingValues,
    readonly substeps: number,
    private readonly header: ModelHeader,
  ) {
    const instance: PlantInstance = equations.create(settle(equations.settings, plantValues, 'plant'));
    this.plant = header.plant;
    this.period = header.period;
    this.integrator = new RungeKutta(instance, instance.size);
    this.state = new Float64Array(instance.size);
    this.bounds = equations.channels.map((channel) => channel.bound);
  }

  predict(states: Float64Array, actions: Float64Array, count: number): void {
    const { integrator, state, bounds, period, substeps } = this;
    const n = state.length;
    for (let row = 0, at = 0; row < count; row++, at += n) {
      for (let c = 0; c < n; c++) state[c] = states[at + c];
      integrator.advance(state, actions[row], period, substeps);
      for (let c = 0; c < n; c++) {
        const value = state[c];
        states[at + c] = value > bounds[c] ? bounds[c] : value < -bounds[c] ? -bounds[c] : value;
      }
    }
  }

  save(): SavedModel {
    return { header: this.header, weights: new ArrayBuffer(0) };
  }
}
