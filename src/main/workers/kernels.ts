import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { FUSED_PROBE, multiplyAddIsFused } from '../../shared/rollouts/kernels/fused';
import type { Arithmetic, KernelSource } from '../../shared/rollouts/kernels/source';

/**
 * The kernels that the build compiled, for this thread. Older engines know relaxed SIMD by a flag; it is set before the
 * first kernel is compiled.
 * @throws Error when the program is not whole
 */
export function loadKernels(folder: string = kernelFolder()): KernelSource {
  const compiled = new Map<string, WebAssembly.Module>();
  return {
    fuses: fusesHere(),
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
function fusesHere(): boolean {
  if (fused !== undefined) return fused;
  if (!WebAssembly.validate(FUSED_PROBE)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  fused = multiplyAddIsFused();
  return fused;
}
