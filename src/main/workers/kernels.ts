import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { Arithmetic, KernelSource } from '../../shared/rollouts/kernels/source';

/** Relaxed multiply-add of a = 1 + 2^−12: a · a − fround(a · a) is 2^−24 where it is fused, 0 where it is two roundings. */
const PROBE = Uint8Array.from(
  // (func (export "f") (result f32) a a −fround(a²): f32x4.relaxed_madd, lane 0)
  [
    0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 125, 3, 2, 1, 0, 7, 5, 1, 1, 102, 0, 0, 10, 31, 1, 29, 0, 67, 0, 8, 128, 63, 253, 19,
    67, 0, 8, 128, 63, 253, 19, 67, 0, 16, 128, 191, 253, 19, 253, 133, 2, 253, 31, 0, 11,
  ],
);

/**
 * The kernels that the build compiled, for this thread. Older engines know relaxed SIMD by a flag; it is set before the
 * first kernel is compiled.
 * @throws Error when the program is not whole
 */
export function loadKernels(folder: string = kernelFolder()): KernelSource {
  const compiled = new Map<string, WebAssembly.Module>();
  return {
    fuses: multiplyAddIsFused(),
    module(name: string, arithmetic: Arithmetic) {
      const full = `${name}-${arithmetic}`;
      let module = compiled.get(full);
      if (module === undefined) {
        const file = join(folder, `${full}.wasm`);
        if (!existsSync(file)) throw new Error(`The program is not whole: ${file} is missing. Build it again (any npm command does).`);
        module = new WebAssembly.Module(readFileSync(file));
        compiled.set(full, module);
      }
      return module;
    },
  };
}

/** Beside the folder of the entries in a build; for sources that run by themselves, in the build of the project around them. */
function kernelFolder(): string {
  const beside = join(import.meta.dirname, '../kernels');
  if (existsSync(beside)) return beside;
  for (let folder = import.meta.dirname; folder !== dirname(folder); folder = dirname(folder)) {
    const built = join(folder, 'out/kernels');
    if (existsSync(built)) return built;
  }
  return beside;
}

let fused: boolean | undefined;
function multiplyAddIsFused(): boolean {
  if (fused !== undefined) return fused;
  if (!WebAssembly.validate(PROBE)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  fused = WebAssembly.validate(PROBE) && (new WebAssembly.Instance(new WebAssembly.Module(PROBE)).exports['f'] as () => number)() !== 0;
  return fused;
}
