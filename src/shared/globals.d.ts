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
