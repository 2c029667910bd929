/** Character classes by byte, as bits of one table: one lookup answers what a byte may be. */
const TOKEN_BIT = 1;
const TEXT_BIT = 2;
const CONTROL_BIT = 4;

const CLASSES = new Uint8Array(256);
for (let byte = 0; byte < 256; byte += 1) {
  const isTab = byte === 0x09;
  const isControl = byte < 0x20 || byte === 0x7f;
  if (!isControl || isTab) CLASSES[byte] = TEXT_BIT;
  else CLASSES[byte] = CONTROL_BIT;
}
// RFC 9110 5.6.2: tchar
for (const char of "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
  const byte = char.charCodeAt(0);
  CLASSES[byte] = (CLASSES[byte] ?? 0) | TOKEN_BIT;
}
// RFC 9110 5.5: CR, LF and NUL are never part of a value
CLASSES[0x00] = 0;
CLASSES[0x0a] = 0;
CLASSES[0x0d] = 0;

/** RFC 9110 5.6.2 token character. */
export function isTokenByte(code: number): boolean {
  return ((CLASSES[code] ?? 0) & TOKEN_BIT) !== 0;
}

/** HTAB, SP, visible ASCII and bytes from 0x80: what a field value may hold. */
export function isTextByte(code: number): boolean {
  return ((CLASSES[code] ?? 0) & TEXT_BIT) !== 0;
}

/** A control character other than HTAB, CR, LF and NUL: invalid in a value, but no boundary for any parser. */
export function isHarmlessControlByte(code: number): boolean {
  return ((CLASSES[code] ?? 0) & CONTROL_BIT) !== 0;
}

/** RFC 9110 5.6.2: one or more token characters. */
export function isToken(text: string): boolean {
  if (text.length === 0) return false;
  for (let i = 0; i < text.length; i += 1) if (!isTokenByte(text.charCodeAt(i))) return false;
  return true;
}

/** Value of a hexadecimal digit, or -1. */
export function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

interface Latin1Bytes {
  latin1Slice(start: number, end: number): string;
}

/** Bytes as text, one character each. Straight to what `toString` would come to. */
export function latin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Latin1Bytes).latin1Slice(start, end);
}

/** A Content-Length: 1 to 15 digits and nothing else (RFC 9112 6.3), so that it is exact as a number; -1 for anything else. */
export function parseLength(text: string): number {
  if (text.length === 0 || text.length > 15) return -1;
  let length = 0;
  for (let i = 0; i < text.length; i += 1) {
    const digit = text.charCodeAt(i) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return -1;
    length = length * 10 + digit;
  }
  return length;
}
