import { multiplyAddIsFused } from '../../../shared/rollouts/kernels/fused';
import type { KernelSource } from '../../../shared/rollouts/kernels/source';

const NAMES = ['network4', 'network5', 'network6', 'peak'];

/** The kernels of networks, and the peak's, in a browser: fetched from where the page came from and compiled beforehand. */
export async function fetchKernels(): Promise<KernelSource> {
  const fuses = multiplyAddIsFused();
  const modules = new Map<string, WebAssembly.Module>();
  for (const name of NAMES)
    for (const arithmetic of fuses ? ['fused', 'portable'] : ['portable']) {
      const full = `${name}-${arithmetic}`;
      const answer = await fetch(`/kernels/${full}.wasm`);
      if (answer.ok) modules.set(full, new WebAssembly.Module(await answer.arrayBuffer()));
    }
  return {
    fuses,
    module(name, arithmetic) {
      const module = modules.get(`${name}-${arithmetic}`);
      if (module === undefined) throw new Error(`There is no kernel ${name}-${arithmetic} in this page.`);
      return module;
    },
  };
}
