import type { LinearModel } from '../../models/linear';
import type { KernelMemory } from './memory';
import { writeFeatures } from './problem';

/* The model's block, bytes; the same places stand in src/kernels/linear.ts. */
const COLUMNS = 0;
const WEIGHTS = 4;
const COLUMN_TABLE = 16;
const COLUMN_BYTES = 16;
const COLUMN_WRAPS = 4;
const COLUMN_CENTRE = 8;

/**
 * Writes a linear expectation; the scales of its columns go into the weights.
 * @returns the address of its block
 * @throws NotInKernel
 */
export function packLinear(memory: KernelMemory, { features, columns, centres, weights }: LinearModel): number {
  writeFeatures(memory, features, new Float64Array(features.outputs.length).fill(1));
  const width = columns.length;
  const address = memory.take(COLUMN_TABLE + width * COLUMN_BYTES);
  const table = memory.take(4 * weights.length);
  memory.setInt(address + COLUMNS, width);
  memory.setInt(address + WEIGHTS, table);
  columns.forEach(({ channel, scale }, k) => {
    const entry = address + COLUMN_TABLE + k * COLUMN_BYTES;
    memory.setInt(entry, channel);
    memory.setInt(entry + COLUMN_WRAPS, channel >= 0 && features.plant.channels[channel].wraps === true ? 1 : 0);
    memory.setFloat(entry + COLUMN_CENTRE, channel >= 0 ? centres[channel] : 0);
    for (let o = 0; o < features.outputs.length; o++) memory.setFloat(table + 4 * (o * width + k), weights[o * width + k] / scale);
  });
  return address;
}
