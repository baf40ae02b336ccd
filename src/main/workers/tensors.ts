/**
 * Chooses the engine that TensorFlow.js trains on in this process: native where it has been built, else WebAssembly, else
 * plain JavaScript. Only the learner process and the command line call this; a fatal check of the native library ends
 * the process it runs in.
 */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import nodeUtil from 'node:util';
import { setNetworkTrainer } from '../../shared/models/network/trainer';
import { setTensorBackend, tensorBackend, type TensorBackend } from '../../shared/models/tensorBackend';

export type BackendWish = 'auto' | TensorBackend['name'];

/** The backend that was asked for cannot be had on this machine. */
export class TensorBackendMissing extends Error {
  constructor(
    readonly backend: TensorBackend['name'],
    why: string,
  ) {
    super(`The TensorFlow.js backend "${backend}" cannot be used here: ${why}.`);
    this.name = 'TensorBackendMissing';
  }
}

/**
 * @param wish   a certain backend, or the best that loads
 * @param avoid  why the native one must not be tried again in this process (it ended the one before); absent when it may
 * @returns      what was chosen and why; also left in `tensorBackend()`, and networks train on it from now on
 * @throws TensorBackendMissing when a certain one was wished for and does not load
 */
export async function chooseTensorBackend(wish: BackendWish = 'auto', avoid?: string): Promise<TensorBackend> {
  const now = tensorBackend();
  if (now !== undefined && (wish === now.name || (wish === 'auto' && !now.reason.startsWith(ASKED)))) {
    await trainByTensors();
    return now;
  }
  const whyNot: string[] = [];
  for (const name of wish === 'auto' ? (['native', 'wasm', 'cpu'] as const) : [wish]) {
    const failed = name === 'native' && avoid !== undefined ? avoid : await start(name);
    if (failed === undefined) {
      const reason = wish === 'auto' ? (whyNot.length > 0 ? whyNot.join('; ') : 'the best there is') : ASKED;
      const chosen = { name, version: await versionOf(name), reason };
      setTensorBackend(chosen);
      await trainByTensors();
      return chosen;
    }
    if (wish !== 'auto') throw new TensorBackendMissing(name, failed);
    whyNot.push(`${name}: ${failed}`);
  }
  throw new TensorBackendMissing('cpu', whyNot.join('; '));
}

/** Loaded only now, because it brings the library with it. */
async function trainByTensors(): Promise<void> {
  const { tensorTrainer } = await import('../../shared/models/network/tensorTrainer');
  setNetworkTrainer(tensorTrainer);
}

const ASKED = 'asked for';
const load = createRequire(import.meta.url); // not called `require`: the build declares one of that name
const engineNames = { native: 'tensorflow', wasm: 'wasm', cpu: 'cpu' } as const;

/** Makes a backend the current one. Returns why it cannot be, in a few words. */
async function start(name: TensorBackend['name']): Promise<string | undefined> {
  try {
    const tf = await import('@tensorflow/tfjs-core');
    tf.enableProdMode(); // no checks of every number, and no advertisement on the console
    await import('@tensorflow/tfjs-layers'); // registers the gradients of all operations; the core alone has none
    if (name === 'native') {
      const missing = loadNative();
      if (missing !== undefined) return missing;
    } else if (name === 'wasm') {
      const wasm = await import('@tensorflow/tfjs-backend-wasm');
      const folder = dirname(load.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'));
      wasm.setWasmPaths(`${folder}/`);
      wasm.setThreadsCount(1); // one thread gives the same sums in the same order every time
    } else await import('@tensorflow/tfjs-backend-cpu');
    if (!(await tf.setBackend(engineNames[name]))) return 'it does not start';
    await tf.ready();
    return prove(tf) ? undefined : 'it computes wrongly';
  } catch (error) {
    return firstLine(error);
  }
}

/** A product whose value is known, so that an engine that loads but does not work is found out here. */
function prove(tf: typeof import('@tensorflow/tfjs-core')): boolean {
  return tf.tidy(() => {
    const gradient = tf.grad((x: import('@tensorflow/tfjs-core').Tensor) => tf.sum(tf.square(tf.matMul(x, tf.tensor2d([[2], [1]])))));
    const [a, b] = gradient(tf.tensor2d([[3, 4]])).dataSync();
    return a === 40 && b === 20; // d/dx (2 x + y)² = 4 (2 x + y)
  });
}

function loadNative(): string | undefined {
  let folder: string;
  try {
    folder = dirname(load.resolve('@tensorflow/tfjs-node/package.json'));
  } catch {
    return 'not installed';
  }
  const lib = join(folder, 'lib');
  const built = existsSync(lib) && readdirSync(lib).some((version) => existsSync(join(lib, version, 'tfjs_binding.node')));
  if (!built) return 'binding not built';
  // Gone from Node 23 on, still called by tfjs-node 4.22.
  const util = nodeUtil as unknown as Record<string, unknown>;
  util['isNullOrUndefined'] ??= (value: unknown) => value === undefined || value === null;
  util['isArray'] ??= Array.isArray;
  load('@tensorflow/tfjs-node');
  return undefined;
}

async function versionOf(name: TensorBackend['name']): Promise<string> {
  if (name === 'cpu') return (await import('@tensorflow/tfjs-backend-cpu')).version_cpu;
  if (name === 'wasm') return (await import('@tensorflow/tfjs-backend-wasm')).version_wasm;
  // what computes is TensorFlow; the package that binds it has a version of its own
  const { backend } = await import('@tensorflow/tfjs-core');
  return (backend() as unknown as { readonly binding: { readonly TF_Version: string } }).binding.TF_Version;
}

const firstLine = (error: unknown) => (error instanceof Error ? error.message : String(error)).split('\n')[0].trim().replace(/\.$/, '');
