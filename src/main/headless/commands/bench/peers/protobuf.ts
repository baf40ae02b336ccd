/** Fields of protocol buffers, as far as a graph needs them: whole numbers and bytes. */
export const wholeField = (field: number, value: number): Uint8Array => joined([tag(field, 0), varint(value)]);
export function bytesField(field: number, value: Uint8Array | string): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value;
  return joined([tag(field, 2), varint(bytes.length), bytes]);
}
export const joined = (parts: readonly Uint8Array[]): Uint8Array => Buffer.concat(parts);

const tag = (field: number, wire: number): Uint8Array => varint(field * 8 + wire);

/** Seven bits a byte, the low ones first; negative numbers as the 64-bit two's complement. */
function varint(value: number): Uint8Array {
  let left = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  do {
    const low = Number(left & 127n);
    left >>= 7n;
    bytes.push(left > 0n ? low | 128 : low);
  } while (left > 0n);
  return Uint8Array.from(bytes);
}
