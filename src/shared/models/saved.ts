import type { Plant } from '../plants/plant';
import type { FitRequest, ModelHeader, Prior, SavedModel } from './model';

/** The part of a header that is alike for every kind. */
export function headerOf(
  kind: string,
  request: Omit<FitRequest, 'data'>,
  rows: number,
  priors: readonly Prior[],
): Omit<ModelHeader, 'structure'> {
  return {
    format: 'upright model',
    version: 1,
    kind,
    plant: request.plantId,
    channels: request.plant.channels.map((channel) => channel.id),
    period: request.period,
    priors,
    settings: request.settings,
    seed: request.seed,
    rows,
  };
}

/**
 * Looks at a saved model before anything is built from it.
 * @throws Error with one sentence: another format or version, another kind, another plant's channels, an impossible period
 */
export function checkHeader({ header }: SavedModel, kind: string, plant: Plant): void {
  if (header.format !== 'upright model' || header.version !== 1) {
    throw new Error(
      `A model of format "upright model", version 1, was wanted; "${String(header.format)}", version ${String(header.version)}, came.`,
    );
  }
  if (header.kind !== kind) throw new Error(`A saved ${kind} model was wanted; this one is of kind ${header.kind}.`);
  const wanted = plant.channels.map((channel) => channel.id).join(', ');
  if (header.channels.join(', ') !== wanted) {
    throw new Error(
      `This model was fitted on the channels ${header.channels.join(', ')}; ${plant.label} has ${wanted}. Choose the plant it belongs to.`,
    );
  }
  if (!(header.period > 0 && header.period < Infinity)) throw new Error(`This model is damaged: its period is ${header.period} s.`);
}

/**
 * The weights of a saved model as float64, copied. @throws Error when their number is wrong or one is not finite
 * @param wanted  how many numbers the header promises
 */
export function weightsOf(saved: SavedModel, wanted: number): Float64Array {
  refuseLength(saved.weights.byteLength, wanted * 8);
  return allFinite(new Float64Array(saved.weights.slice(0)));
}
/** As `weightsOf`, for weights of 32 bits. */
export function weightsOf32(saved: SavedModel, wanted: number): Float32Array {
  refuseLength(saved.weights.byteLength, wanted * 4);
  return allFinite(new Float32Array(saved.weights.slice(0)));
}

/** A finite number out of a header's structure. @throws Error when it is none */
export function finiteNumber(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`This model is damaged: "${name}" must be a finite number; got ${String(value)}.`);
}
/** A list of so many finite numbers out of a header's structure. @throws Error when it is none */
export function finiteNumbers(value: unknown, length: number, name: string): number[] {
  if (!Array.isArray(value) || value.length !== length)
    throw new Error(`This model is damaged: "${name}" must be a list of ${length} numbers.`);
  return value.map((entry) => finiteNumber(entry, name));
}
/** The structure of a header as named values. @throws Error when it is no object */
export function structureOf(header: ModelHeader): Readonly<Record<string, unknown>> {
  if (typeof header.structure === 'object' && header.structure !== null) return header.structure as Record<string, unknown>;
  throw new Error('This model is damaged: its header says nothing of its structure.');
}

function refuseLength(bytes: number, wanted: number): void {
  if (bytes !== wanted) throw new Error(`This model is damaged: its header promises ${wanted} bytes of weights; ${bytes} came.`);
}
function allFinite<A extends Float64Array | Float32Array>(weights: A): A {
  for (let i = 0; i < weights.length; i++)
    if (!Number.isFinite(weights[i])) throw new Error(`This model is damaged: weight ${i} is ${weights[i]}.`);
  return weights;
}
