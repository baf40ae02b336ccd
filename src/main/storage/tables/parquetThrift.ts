/** Structs within structs that a description or a page header may have. */
const DEPTH = 16;

/**
 * Follows a struct of Thrift's compact protocol without making anything of it. hyparquet takes a number of any length and makes
 * room for as many elements as a list claims; here a number has at most ten bytes, and a list at most as many elements as bytes are
 * left.
 *
 * @param at  where the struct begins
 * @returns   the byte behind it
 * @throws Error, in a few words, where the bytes are no struct
 */
export function thriftEnd(bytes: Uint8Array, at: number): number {
  return structEnd(bytes, at, 0);
}

const [STOP, TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, STRUCT] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 12];

function structEnd(bytes: Uint8Array, at: number, depth: number): number {
  if (depth > DEPTH) throw new Error('too many structs stand in each other');
  for (;;) {
    const head = byteAt(bytes, at++);
    const type = head & 0x0f;
    if (type === STOP) return at;
    if (head >> 4 === 0) at = varint(bytes, at).end;
    if (type !== TRUE && type !== FALSE) at = elementEnd(bytes, at, type, depth);
  }
}

function elementEnd(bytes: Uint8Array, at: number, type: number, depth: number): number {
  switch (type) {
    case TRUE:
    case FALSE:
    case BYTE:
      return within(bytes, at + 1);
    case I16:
    case I32:
    case I64:
      return varint(bytes, at).end;
    case DOUBLE:
      return within(bytes, at + 8);
    case BINARY: {
      const { value, end } = varint(bytes, at);
      return within(bytes, end + value);
    }
    case LIST: {
      const head = byteAt(bytes, at++);
      let size = head >> 4;
      if (size === 15) ({ value: size, end: at } = varint(bytes, at));
      within(bytes, at + size);
      for (let i = 0; i < size; i++) at = elementEnd(bytes, at, head & 0x0f, depth);
      return at;
    }
    case STRUCT:
      return structEnd(bytes, at, depth + 1);
    default:
      throw new Error(`a field is of the unknown type ${type}`);
  }
}

/** Beyond 2^53 the value is not exact, and too large for any length. */
function varint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let i = 0; i < 10; i++) {
    const byte = byteAt(bytes, at++);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, end: at };
  }
  throw new Error('a number has more than ten bytes');
}
function byteAt(bytes: Uint8Array, at: number): number {
  within(bytes, at + 1);
  return bytes[at]!;
}
function within(bytes: Uint8Array, end: number): number {
  if (end > bytes.length) throw new Error('it ends too early');
  return end;
}
