import { join } from 'node:path';
import { peerSources, type PeerPrograms } from './peerFolder';
import type { PeerProgram } from './peerProcess';

/** A library, and the form in which it is shown. */
export interface PeerKind {
  /** As the table and the goals call it. */
  readonly name: string;
  readonly library: 'numpy' | 'torch' | 'jax' | 'mbrl' | 'mppi' | 'onnx';
  readonly threads: number;
  readonly note: string;
  /** Shown as who installs it finds it: nothing is tuned. */
  readonly asInstalled: boolean;
}

const TUNED = 'memory kept instead of given back';
/** The libraries of each work, each in its best known form and, where that is another one, as installed. */
export const peerKinds = (threads: number) => {
  const kind = (name: string, library: PeerKind['library'], note: string, more: Partial<PeerKind> = {}): PeerKind => ({
    name,
    library,
    threads,
    note,
    asInstalled: false,
    ...more,
  });
  const torch = kind('PyTorch', 'torch', `batched matrices, ${TUNED}`);
  const torchAsInstalled = kind('PyTorch as installed', 'torch', 'batched matrices', { asInstalled: true });
  const torchAlone = { ...torchAsInstalled, name: 'PyTorch as installed, 1 thread', threads: 1 };
  const onnx = kind('onnxruntime', 'onnx', '');
  const jax = kind('JAX', 'jax', TUNED);
  const jaxAsInstalled = kind('JAX as installed', 'jax', '', { asInstalled: true });
  const numpy = kind('numpy', 'numpy', `whole arrays, ${TUNED}`, { threads: 1 });
  const mbrl = kind('mbrl-lib', 'mbrl', `its own CEMOptimizer, ${TUNED}`);
  const mppi = kind('pytorch_mppi', 'mppi', TUNED);
  return {
    W1: [torch, torchAsInstalled, torchAlone, onnx, jax, jaxAsInstalled, numpy, mbrl],
    W1wide: [torch, onnx],
    W2: [torch, onnx],
    MPPI: [mppi],
    W3: [numpy, { ...torch, threads: 1 }],
    W4: [torch, torchAsInstalled, jax],
    GP: [numpy, jax],
  } satisfies Record<string, readonly PeerKind[]>;
};

/** Memory that was given back has to be asked for again in every step; these keep it (GNU's allocator; others ignore them). */
const ALLOCATOR = { MALLOC_TRIM_THRESHOLD_: '2147483647', MALLOC_MMAP_THRESHOLD_: '1073741824', MALLOC_TOP_PAD_: '268435456' };

/** How it is started. @returns a sentence where its library was not brought */
export function programOf(
  { library, threads, asInstalled }: PeerKind,
  programs: PeerPrograms,
  onnxEntry: () => string,
): PeerProgram | string {
  const count = String(threads);
  const tuned = asInstalled ? {} : ALLOCATOR;
  if (library === 'onnx') {
    if (programs.onnx === undefined) return MISSING;
    return { command: process.execPath, args: [onnxEntry(), programs.onnx, count] };
  }
  if (programs.python === undefined) return MISSING;
  const environment = {
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    JAX_PLATFORMS: 'cpu',
    CUDA_VISIBLE_DEVICES: '',
    ...tuned,
  };
  return { command: programs.python, args: [join(peerSources(), 'peer.py'), library, count], environment };
}
const MISSING = '`npm run bench:peers` brings it.';
