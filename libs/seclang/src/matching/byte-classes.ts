import type { Program } from './program.js';

/** Bytes that a program can't tell apart, numbered. `accepts[set][class]` is 1 where the set holds the class, 0 for one class more. */
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
  let count = 1;
  const splitBy = (has: (byte: number) => boolean): void => {
    // Classes with bytes on both sides of the line are split; `moved` is the new number of the part inside.
    const moved = new Map<number, number>();
    const outside = new Set<number>();
    for (let byte = 0; byte < 256; byte++) if (!has(byte)) outside.add(classOf[byte]!);
    for (let byte = 0; byte < 256; byte++) {
      const old = classOf[byte]!;
      if (!has(byte) || (!outside.has(old) && !moved.has(old))) continue;
      let part = moved.get(old);
      if (part === undefined) moved.set(old, (part = count++));
      classOf[byte] = part;
    }
  };
  for (const set of sets) splitBy((byte) => set.has(byte));
  if (hasAssertions) {
    splitBy(isWordByte);
    splitBy((byte) => byte === 0x0a);
  }
  const representative = Array.from({ length: count }, (_, number) => classOf.indexOf(number));
  // The end, numbered after the classes, is in no set.
  const accepts = sets.map((set) => Uint8Array.from([...representative.map((byte) => (set.has(byte) ? 1 : 0)), 0]));
  return { count, classOf, representative, accepts };
}
