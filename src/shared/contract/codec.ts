/**
 * Messages as bytes, for transports that carry only bytes (WebSocket). JSON with every typed array lifted out:
 * u32 header length, header, padding to 8, then the arrays back to back, each padded to 8.
 * JSON has no NaN or Infinity: outside arrays they travel as marked objects, because a diverged cost is Infinity.
 */
const kinds = { f64: Float64Array, f32: Float32Array, u8: Uint8Array } as const;
type Kind = keyof typeof kinds;
type Lifted = Float64Array | Float32Array | Uint8Array;
const kindOf = (value: unknown): Kind | undefined =>
  value instanceof Float64Array ? 'f64' : value instanceof Float32Array ? 'f32' : value instanceof Uint8Array ? 'u8' : undefined;
const MARK = '$u';
const padded = (length: number) => Math.ceil(length / 8) * 8;

export function encode(message: unknown): Uint8Array {
  const arrays: Lifted[] = [];
  const header = JSON.stringify(message, function lift(this: Record<string, unknown>, key) {
    const value = this[key]; // as it stands: a Buffer's own toJSON has spelt it out before the second argument is made
    const kind = kindOf(value);
    if (kind !== undefined) {
      arrays.push(value as Lifted);
      return { [MARK]: kind, n: (value as Lifted).length };
    }
    if (typeof value === 'number' && !Number.isFinite(value)) return { [MARK]: String(value) };
    return value;
  });
  const head = new TextEncoder().encode(header);
  const start = padded(4 + head.length);
  const bytes = new Uint8Array(arrays.reduce((n, a) => n + padded(a.byteLength), start));
  new DataView(bytes.buffer).setUint32(0, head.length, true);
  bytes.set(head, 4);
  let at = start;
  for (const array of arrays) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += padded(array.byteLength);
  }
  return bytes;
}

/** @throws RangeError when the bytes are no message: lengths that do not fit, or a header that is not JSON */
export function decode(bytes: Uint8Array): unknown {
  const whole = Uint8Array.from(bytes); // a copy, aligned; a Buffer's slice would share memory
  const refuse = (why: string): never => {
    throw new RangeError(`A message of ${whole.length} bytes cannot be read: ${why}.`);
  };
  if (whole.length < 4) refuse('it is shorter than its length field');
  const length = new DataView(whole.buffer).getUint32(0, true);
  if (4 + length > whole.length) refuse(`its header claims ${length} bytes`);
  let at = padded(4 + length);
  try {
    return JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(whole.subarray(4, 4 + length)),
      function revive(_key, value: unknown) {
        if (typeof value !== 'object' || value === null || !Object.hasOwn(value, MARK)) return value;
        const mark = (value as Record<string, unknown>)[MARK];
        if (mark === 'NaN') return NaN;
        if (mark === 'Infinity') return Infinity;
        if (mark === '-Infinity') return -Infinity;
        const n = (value as { n?: unknown }).n;
        if (typeof mark !== 'string' || !Object.hasOwn(kinds, mark) || typeof n !== 'number' || !Number.isInteger(n) || n < 0)
          return refuse('it marks a value that does not exist');
        const kind = kinds[mark as Kind];
        if (at + n * kind.BYTES_PER_ELEMENT > whole.length) return refuse('an array reaches beyond its end');
        const array = new kind(whole.buffer as ArrayBuffer, at, n);
        at += padded(array.byteLength);
        return array;
      },
    );
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return refuse('its header is not JSON');
  }
}
