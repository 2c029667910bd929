import { randomBytes } from 'node:crypto';

/** A random certificate serial of 127 bits: 32 lower-case hex digits, the first of them 1 to 7, so that no form of it has or loses a zero. */
export function newSerialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x10 + (bytes[0]! % 0x70);
  return bytes.toString('hex');
}
