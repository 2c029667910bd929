/** The value of a hexadecimal digit given by its byte, or -1. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** The byte of two hexadecimal digits at an offset, or -1. */
export function hexByteAt(text: string, at: number): number {
  const high = hexValue(text.charCodeAt(at));
  const low = hexValue(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/** The number of four hexadecimal digits at an offset, or -1. */
export function hexWordAt(text: string, at: number): number {
  const high = hexByteAt(text, at);
  const low = hexByteAt(text, at + 2);
  return high < 0 || low < 0 ? -1 : high * 256 + low;
}

/** One byte for a code point: its low byte, full-width forms (FF01-FF5E) as their ASCII letter. */
export function byteOfCodePoint(codePoint: number): number {
  const low = codePoint & 0xff;
  return codePoint >> 8 === 0xff && low > 0 && low < 0x5f ? low + 0x20 : low;
}

export function isOctalDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x37;
}

/** White space of C's locale: tab to carriage return, and space. */
export function isSpace(byte: number): boolean {
  return byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

/** The same, and the no-break space. */
export function isWideSpace(byte: number): boolean {
  return byte <= 0x20 ? isSpace(byte) : byte === 0xa0;
}
