/** Numbers as they cross to a peer: their bytes in base64, little endian, with type and shape beside them. */
export interface PackedNumbers {
  readonly type: 'float32' | 'float64' | 'int32';
  readonly shape: readonly number[];
  readonly bytes: string;
}
const types = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** @param shape  one dimension when absent */
export function packed(numbers: Float32Array | Float64Array | Int32Array, shape: readonly number[] = [numbers.length]): PackedNumbers {
  const type = numbers instanceof Float32Array ? 'float32' : numbers instanceof Float64Array ? 'float64' : 'int32';
  return { type, shape, bytes: Buffer.from(numbers.buffer, numbers.byteOffset, numbers.byteLength).toString('base64') };
}

/** @throws TypeError when it is no list of numbers of the wanted length */
export function unpacked(value: unknown, length: number): Float64Array {
  const { type, bytes } = (value ?? {}) as Partial<PackedNumbers>;
  const list = type === undefined ? undefined : types[type];
  if (list === undefined || typeof bytes !== 'string') throw new TypeError('A peer answered no list of numbers.');
  const numbers = Float64Array.from(new list(new Uint8Array(Buffer.from(bytes, 'base64')).buffer));
  if (numbers.length !== length) throw new TypeError(`A peer answered ${numbers.length} numbers; ${length} were asked for.`);
  return numbers;
}
