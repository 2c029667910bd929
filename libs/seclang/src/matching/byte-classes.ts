import type { Program } from './program.js';

/** Bytes that a program can't tell apart, numbered. `accepts[set][class]` is 1 where the set holds the class. */
export interface ByteClasses {
  readonly count: number;
  readonly classOf: Uint8Array;
  /** One byte of each class. */
  readonly representative: readonly number[];
  readonly accepts: readonly Uint8Array[];
}

/** Letters, digits and underscore: what `\b` looks at. */
export function isWordByte(byte: number): boolean {
  const lower = byte | 0x20;
  return (lower >= 0x61 && lower <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || byte === 0x5f;
}

/** The coarsest partition of bytes that respects every set of the program, and word bytes and newlines where it has assertions. */
export function byteClassesOf({ sets, hasAssertions }: Program): ByteClasses {
  const classOf = new Uint8Array(256);
  const representative: number[] = [];
  const numbers = new Map<string, number>();
  for (let byte = 0; byte < 256; byte++) {
    const context = hasAssertions ? `${isWordByte(byte) ? 'w' : ''}${byte === 0x0a ? 'n' : ''}` : '';
    const key = context + sets.map((set) => (set.has(byte) ? '1' : '0')).join('');
    let number = numbers.get(key);
    if (number === undefined) {
      number = representative.length;
      representative.push(byte);
      numbers.set(key, number);
    }
    classOf[byte] = number;
  }
  const accepts = sets.map((set) => Uint8Array.from(representative, (byte) => (set.has(byte) ? 1 : 0)));
  return { count: representative.length, classOf, representative, accepts };
}
