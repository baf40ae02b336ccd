/**
 * Which engine TensorFlow.js runs on in this process. Choosing one needs files and native code, which this room cannot
 * see: whoever starts a process chooses (`main/workers/tensors.ts`) and leaves word here.
 */
export interface TensorBackend {
  readonly name: 'native' | 'wasm' | 'cpu';
  readonly version: string;
  /** Why this one, in plain words; why not the better ones. */
  readonly reason: string;
}

let chosen: TensorBackend | undefined;

export const setTensorBackend = (backend: TensorBackend): void => {
  chosen = backend;
};
export const tensorBackend = (): TensorBackend | undefined => chosen;
