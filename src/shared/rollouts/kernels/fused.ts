/** Relaxed multiply-add of a = 1 + 2^−12: a · a − fround(a · a) is 2^−24 where it is fused, 0 where it is two roundings. */
export const FUSED_PROBE = Uint8Array.from(
  // (func (export "f") (result f32) a a −fround(a²): f32x4.relaxed_madd, lane 0)
  [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 125, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 31, 1, 29, 0, 67, 0, 8, 128, 63, 253, 19,
    67, 0, 8, 128, 63, 253, 19, 67, 0, 16, 128, 191, 253, 19, 253, 133, 2, 253, 31, 0, 11,
  ],
);

/** Whether this engine takes relaxed SIMD and multiplies and adds in one rounding; it may take it and not do so. */
export const multiplyAddIsFused = (): boolean =>
  WebAssembly.validate(FUSED_PROBE) && (new WebAssembly.Instance(new WebAssembly.Module(FUSED_PROBE)).exports['f'] as () => number)() !== 0;
