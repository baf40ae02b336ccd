import { LOG_VARIANCES, type CompiledMembers, type EnsembleModel } from '../../models/network/ensembleModel';
import { ACTION, LANES, OUTPUT_ROWS, ROW, STATE } from './layout';
import type { KernelMemory } from './memory';
import { writeFeatures } from './problem';

/* The model's block, bytes; the same places stand in src/kernels/network.ts. */
const MEMBERS = 0;
const LAYERS = 4;
const ACTIVATION = 8;
const MEMBER_BYTES = 12;
const WEIGHTS = 16;
const MIRROR = 20;
const RAW_OUTPUTS = 24;
const BUFFER = 28;
const OTHER_BUFFER = 32;
const MEMBER_OF_STEP = 36;
const LEAST_LOG_VARIANCE = 40;
const MOST_LOG_VARIANCE = 44;
const MIRRORED_INPUTS = 48;
const KEPT_OUTPUTS = 52;
const LAYER_TABLE = 64;
const LAYER_BYTES = 16;
const ACTIVATIONS = { silu: 0, tanh: 1, relu: 2 } as const;

/** A layer as the kernel does it: blocks of so many outputs, then 4, 2 or none. */
const tailOf = (outputs: number, block: number): number => {
  const rest = outputs % block;
  return rest === 0 ? 0 : rest <= 2 ? 2 : rest <= 4 ? 4 : 0;
};
const blocksOf = (outputs: number, block: number): number =>
  Math.floor(outputs / block) + (outputs % block > 0 && tailOf(outputs, block) === 0 ? 1 : 0);

/**
 * Packs the networks for a kernel: for each block of outputs the biases, then the weights input by input. The unit of the
 * last layer's means goes into its weights, so that the kernel's outputs are channel units per second; hidden numbers of SiLU
 * count in units of ln 2, in which its exponential is a power of 2.
 *
 * @param noisy  whether the stated variance is wanted too
 * @returns      address of the model's block; the members of its steps are to be set
 */
export function packNetwork(memory: KernelMemory, model: EnsembleModel, block: number, noisy: boolean): number {
  const { features, shape, parameters } = model;
  const { layout } = shape;
  writeFeatures(memory, features, shape.scales);
  const outputs = features.outputs.length;
  const raw = noisy ? 2 * outputs : outputs;
  const sizes = layout.layers.map((layer, l) => (l === layout.layers.length - 1 ? raw : layer.outputs));
  const padded = sizes.map((size) => blocksOf(size, block) * block + tailOf(size, block));
  const places: number[] = [];
  let memberFloats = 0;
  layout.layers.forEach(({ inputs }, l) => {
    places.push(memberFloats * 4);
    memberFloats += padded[l] * (inputs + 1);
  });
  memberFloats = (memberFloats + 31) & ~31;

  const address = memory.take(LAYER_TABLE + LAYER_BYTES * layout.layers.length);
  const weights = memory.take(layout.members * memberFloats * 4);
  const widest = Math.max(...padded);
  const set = (place: number, value: number) => memory.setInt(address + place, value);
  const [buffer, other, mirrored, kept] = [widest * ROW, widest * ROW, 512, 1024].map((bytes) => memory.take(bytes));
  const [least, most] = shape.logVariances ?? LOG_VARIANCES;
  set(MEMBERS, layout.members);
  set(LAYERS, layout.layers.length);
  set(ACTIVATION, ACTIVATIONS[shape.activation]);
  set(MEMBER_BYTES, memberFloats * 4);
  set(WEIGHTS, weights);
  set(MIRROR, shape.symmetry === 'exactlyOdd' ? 1 : 0);
  set(RAW_OUTPUTS, raw);
  set(BUFFER, buffer);
  set(OTHER_BUFFER, other);
  set(MIRRORED_INPUTS, mirrored);
  set(KEPT_OUTPUTS, kept);
  memory.setFloat(address + LEAST_LOG_VARIANCE, least);
  memory.setFloat(address + MOST_LOG_VARIANCE, most);

  const unitOfHidden = shape.activation === 'silu' ? Math.LOG2E : 1;
  layout.layers.forEach((layer, l) => {
    const entry = LAYER_TABLE + l * LAYER_BYTES;
    const last = l === layout.layers.length - 1;
    const before = l > 0 ? 1 / unitOfHidden : 1;
    const after = last ? 1 : unitOfHidden;
    set(entry, layer.inputs);
    set(entry + 4, blocksOf(sizes[l], block));
    set(entry + 8, tailOf(sizes[l], block));
    set(entry + 12, places[l]);
    for (let member = 0; member < layout.members; member++) {
      let to = (weights + member * memberFloats * 4 + places[l]) >> 2;
      for (let from = 0; from < padded[l];) {
        const width = from < blocksOf(sizes[l], block) * block ? block : tailOf(sizes[l], block);
        for (let k = -1; k < layer.inputs; k++) {
          for (let o = from; o < from + width; o++) {
            const unit = (last && o < outputs ? shape.scales[o] : 1) * (k < 0 ? after : before * after);
            const value =
              k < 0
                ? parameters[layer.biases + member * layer.outputs + o]
                : parameters[layer.weights + (member * layer.inputs + k) * layer.outputs + o];
            memory.floats[to++] = o < sizes[l] ? value * unit : 0;
          }
        }
        from += width;
      }
    }
  });
  return address;
}

/** Room for the members of so many steps. */
export function makeRoomForMembers(memory: KernelMemory, address: number, steps: number): void {
  memory.setInt(address + MEMBER_OF_STEP, memory.take(4 * steps));
}
/** The member that a step goes through, the same for all candidates; −1 for the mean of all. */
export function setMember(memory: KernelMemory, address: number, step: number, member: number): void {
  memory.setInt(memory.ints[(address + MEMBER_OF_STEP) >> 2] + 4 * step, member);
}

/** Members one by one at states of any choice, by the kernel that rolls out through them; between two rollouts. */
export function membersInKernel(memory: KernelMemory, { features }: EnsembleModel): CompiledMembers {
  const answer = memory.exports['answer'] as (member: number) => void;
  const outputs = features.outputs.length;
  const n = features.size;
  return {
    rows: LANES,
    ask(states, actions, from, rows) {
      const { floats } = memory;
      for (let lane = 0; lane < LANES; lane++) {
        const row = from + Math.min(lane, rows - 1); // lanes beyond the last row repeat it: numbers that are finite
        for (let c = 0; c < n; c++) floats[(STATE + c * ROW) / 4 + lane] = states[row * n + c];
        floats[ACTION / 4 + lane] = actions[row];
      }
    },
    answer(member, rows, out) {
      answer(member);
      const { floats } = memory;
      for (let row = 0; row < rows; row++)
        for (let o = 0; o < outputs; o++) out[row * outputs + o] = floats[(OUTPUT_ROWS + o * ROW) / 4 + row];
    },
  };
}
