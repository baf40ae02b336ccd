import { FREE } from './layout';

/** A kernel of its own for one thread: an instance, its memory, and views of it that follow when it grows. */
export class KernelMemory {
  readonly exports: Record<string, unknown>;
  private readonly memory: WebAssembly.Memory;
  private end = FREE;
  ints: Int32Array = new Int32Array(0);
  floats: Float32Array = new Float32Array(0);
  doubles: Float64Array = new Float64Array(0);

  constructor(module: WebAssembly.Module) {
    const abort = () => {
      throw new Error('A kernel gave up.');
    };
    this.exports = new WebAssembly.Instance(module, { env: { abort } }).exports;
    this.memory = this.exports['memory'] as WebAssembly.Memory;
    this.look();
  }
  call(name: string): void {
    (this.exports[name] as () => void)();
  }
  /** Room for so many bytes, aligned to 128, zero at first. @returns its address */
  take(bytes: number): number {
    const address = this.end;
    this.end = (address + bytes + 127) & ~127;
    const missing = this.end - this.memory.buffer.byteLength;
    if (missing > 0) {
      this.memory.grow(Math.ceil(missing / 65536));
      this.look();
    }
    return address;
  }
  setInt(address: number, value: number): void {
    this.ints[address >> 2] = value;
  }
  setFloat(address: number, value: number): void {
    this.floats[address >> 2] = value;
  }
  private look(): void {
    this.ints = new Int32Array(this.memory.buffer);
    this.floats = new Float32Array(this.memory.buffer);
    this.doubles = new Float64Array(this.memory.buffer);
  }
}
