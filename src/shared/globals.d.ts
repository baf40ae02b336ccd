/**
 * The only platform globals that shared code may use: each exists in Node, in Electron's processes, in worker
 * threads and in the page. Everything else (time, chance, files, threads, the console) is handed in.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array | ArrayBuffer): string;
}
/** Copies a value as a message port would; used by the in-memory transport so that it hides no sharing. */
declare function structuredClone<T>(value: T): T;
/** Compiled kernels are handed in as modules; their instances are made here. */
declare namespace WebAssembly {
  interface Module {
    readonly [Symbol.toStringTag]?: string;
  }
  const Module: { prototype: Module; new (bytes: ArrayBufferView | ArrayBuffer): Module };
  interface Instance {
    readonly exports: Record<string, unknown>;
  }
  const Instance: { prototype: Instance; new (module: Module, imports?: object): Instance };
  interface Memory {
    readonly buffer: ArrayBuffer;
    /** Makes room for so many more pages of 64 KiB; views of the old buffer are gone afterwards. */
    grow(pages: number): number;
  }
  function validate(bytes: ArrayBufferView | ArrayBuffer): boolean;
}
