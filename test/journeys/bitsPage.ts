// Runs in Chromium: plans with the portable kernels, in the page's own thread.
import type { KernelSource } from '../../src/shared/rollouts/kernels/source';
import { hashesOfNoisyPlans } from '../support/noisyPlans';

const NAMES = ['network4', 'equations', 'gaussian'];

async function hashes(): Promise<Record<string, string>> {
  const modules = new Map<string, WebAssembly.Module>();
  for (const name of NAMES) {
    const bytes = await (await fetch(`/kernels/${name}-portable.wasm`)).arrayBuffer();
    modules.set(`${name}-portable`, await WebAssembly.compile(bytes));
  }
  const kernels: KernelSource = {
    fuses: false,
    module(name, arithmetic) {
      const module = modules.get(`${name}-${arithmetic}`);
      if (module === undefined) throw new Error(`${name}-${arithmetic} was not fetched.`);
      return module;
    },
  };
  return hashesOfNoisyPlans(kernels);
}
Object.assign(globalThis, { hashes });
