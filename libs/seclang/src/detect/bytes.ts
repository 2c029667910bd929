/** White space as databases see it: control characters, space, and the no-break space. */
export function isSqlSpace(byte: number): boolean {
  return byte <= 0x20 || byte === 0xa0;
}

/** A decimal digit; NaN (past the end) is none. */
export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** A hexadecimal digit. */
export function isHexDigit(byte: number): boolean {
  const lower = byte | 0x20;
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66);
}

/** An ASCII letter. */
export function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

/** First byte of an SQL name. */
export function isWordStart(byte: number): boolean {
  return isLetter(byte) || byte === 0x5f || (byte >= 0x80 && byte !== 0xa0);
}

/** Further byte of an SQL name. */
export function isWordByte(byte: number): boolean {
  return isWordStart(byte) || isDigit(byte) || byte === 0x24;
}
