/** Bytes as text, RFC 4648 section 4, padded. Of our own because `Buffer` is Node's, and `btoa` wants a text of bytes. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const letterCodes = Uint8Array.from(LETTERS, (letter) => letter.charCodeAt(0));
const PADDING = '='.charCodeAt(0);
const NONE = 64;
const valueOf = new Uint8Array(256).fill(NONE);
letterCodes.forEach((code, value) => (valueOf[code] = value));

/** Letters that so many bytes become. */
export const base64Length = (bytes: number): number => 4 * Math.ceil(bytes / 3);

export function base64Of(bytes: Uint8Array): string {
  const codes = new Uint8Array(base64Length(bytes.length));
  for (let from = 0, to = 0; from < bytes.length; from += 3) {
    const left = bytes.length - from;
    const three = (bytes[from]! << 16) | ((left > 1 ? bytes[from + 1]! : 0) << 8) | (left > 2 ? bytes[from + 2]! : 0);
    codes[to++] = letterCodes[three >> 18]!;
    codes[to++] = letterCodes[(three >> 12) & 63]!;
    codes[to++] = left > 1 ? letterCodes[(three >> 6) & 63]! : PADDING;
    codes[to++] = left > 2 ? letterCodes[three & 63]! : PADDING;
  }
  return new TextDecoder('latin1').decode(codes);
}

/** @returns `length` bytes, aligned for any number; undefined when the text is not their base64, to the letter */
export function bytesOfBase64(text: string, length: number): Uint8Array | undefined {
  if (text.length !== base64Length(length)) return undefined; // before anything is allocated
  const bytes = new Uint8Array(length);
  for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
    let three = 0;
    const known = Math.min(3, length - to) + 1;
    for (let i = 0; i < 4; i++) {
      const code = text.charCodeAt(from + i);
      const value = i < known ? (code < 256 ? valueOf[code]! : NONE) : code === PADDING ? 0 : NONE;
      if (value === NONE) return undefined;
      three = (three << 6) | value;
    }
    for (let i = 0; i < 3; i++) {
      const byte = (three >> (16 - 8 * i)) & 255;
      if (to + i < length) bytes[to + i] = byte;
      else if (byte !== 0) return undefined; // bits that nobody reads
    }
  }
  return bytes;
}
