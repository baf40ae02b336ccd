/** Fused multiply-add where the engine has it, or multiply and add, whose bits are the same on every engine. */
export type Arithmetic = 'fused' | 'portable';

/** Where compiled kernels come from; shared code reads no files. */
export interface KernelSource {
  /** Whether the engine multiplies and adds in one rounding. */
  readonly fuses: boolean;
  /**
   * A compiled kernel.
   * @param name  as in scripts/kernels.mjs: `network6`, `training`
   * @throws Error when there is none of this name, or the engine does not take it
   */
  module(name: string, arithmetic: Arithmetic): WebAssembly.Module;
}

/** Which of the kernels that do the same is used. */
export interface KernelChoice {
  readonly arithmetic: Arithmetic;
  /** Outputs of a network that are summed together: a question of registers, never of results. */
  readonly block: 4 | 5 | 6;
  /** Gaussian processes through all their points instead of the fewest that do; for comparison. */
  readonly allPoints?: boolean;
}
/** Where nobody measured: the block that suits each arithmetic best on the machines seen. */
export const usualChoice = (arithmetic: Arithmetic): KernelChoice => ({ arithmetic, block: arithmetic === 'fused' ? 6 : 4 });
