/** The UTF-8 bytes of a code point (0 to 10FFFF) as a latin1 byte string; a lone surrogate gives its three-byte form. */
export function utf8Bytes(codePoint: number): string {
  if (codePoint < 0x80) return String.fromCharCode(codePoint);
  if (codePoint < 0x800) return String.fromCharCode(0xc0 | (codePoint >> 6), continuation(codePoint));
  if (codePoint < 0x10000) return String.fromCharCode(0xe0 | (codePoint >> 12), continuation(codePoint >> 6), continuation(codePoint));
  return String.fromCharCode(
    0xf0 | (codePoint >> 18),
    continuation(codePoint >> 12),
    continuation(codePoint >> 6),
    continuation(codePoint),
  );
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}
