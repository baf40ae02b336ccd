/**
 * Writes the register blocks of the network kernel as AssemblyScript: `outputs` sums of two vectors each are held in
 * registers while k ascends, the bias first. One accumulator for each output: every block shape gives the same bits.
 * At most 12 accumulators of the 16 registers.
 */
const count = (n) => Array.from({ length: n }, (_, i) => i);

/**
 * Weight j of a block, in all four lanes. V8 of Node 20 loads all weights first and then multiplies: 5 weights, 10 sums and
 * 2 vectors are more than its 15 registers, and what is spilled costs a quarter of the time. So the last three of five come
 * out of a single load, by shuffles that wait until they are needed. Multiply and add, which need a register more, gain
 * nothing by it. (Zen 5, 128 bits, two layers of 64: 44.9 and 63.6 of 66 GFLOP/s on Node 20, 63.7 and 63.8 on Node 24.)
 */
function weight(outputs, j) {
  const load = `v128.load32_splat(w, ${4 * j})`;
  if (outputs !== 5 || j < 2) return load;
  const lane = j - 1;
  return `ASC_FEATURE_RELAXED_SIMD ? i32x4.shuffle(last, last, ${lane}, ${lane}, ${lane}, ${lane}) : ${load}`;
}
const lastOf = (outputs) => (outputs === 5 ? '\n      const last = ASC_FEATURE_RELAXED_SIMD ? v128.load(w, 4) : v;' : '');

function block(name, outputs) {
  const sums = count(outputs);
  return `
/** y = bias + W x for \`blocks\` times ${outputs} outputs; x [K] rows; w: for each block the biases, then ${outputs} weights for each k. */
export function ${name}(x: usize, w: usize, y: usize, K: i32, blocks: i32): void {
  const end = x + <usize>K * 32;
  for (let block = 0; block < blocks; block++) {
${sums.map((j) => `    let a${j} = v128.load32_splat(w, ${4 * j}), b${j} = a${j};`).join('\n')}
    w += ${4 * outputs};
    let from = x;
    do {
      const u = v128.load(from), v = v128.load(from, 16);${lastOf(outputs)}
      let s: v128;
${sums.map((j) => `      s = ${weight(outputs, j)}; a${j} = madd(s, u, a${j}); b${j} = madd(s, v, b${j});`).join('\n')}
      from += 32;
      w += ${4 * outputs};
    } while (from < end);
${sums.map((j) => `    v128.store(y, a${j}, ${32 * j}); v128.store(y, b${j}, ${32 * j + 16});`).join('\n')}
    y += ${32 * outputs};
  }
}`;
}

/** @param outputs  4, 5 or 6 */
export const blocksSource = (outputs) => `// Written by scripts/kernels/blocks.mjs.
import { madd } from './lanes';
export const OUTPUTS_A_BLOCK = ${outputs};
${block('dense', outputs)}
${block('denseFour', 4)}
${block('denseTwo', 2)}
`;
