import type { Program } from './program.js';

/** Bytes that a program can't tell apart, numbered. `accepts[set * (count + 1) + class]` is 1 where the set holds the class, 0 for one class more. */
export interface ByteClasses {
  readonly count: number;
  readonly classOf: Uint8Array;
  /** One byte of each class. */
  readonly representative: readonly number[];
  readonly accepts: Uint8Array;
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
  // For each class: the number of its bytes outside the splitting set, and of those inside; -1 where there are none yet.
  const numbers = new Int16Array(512);
  const splitBy = (has: (byte: number) => boolean): void => {
    numbers.fill(-1, 0, count * 2);
    let next = 0;
    for (let byte = 0; byte < 256; byte++) {
      const cell = classOf[byte]! * 2 + (has(byte) ? 1 : 0);
      if (numbers[cell] === -1) numbers[cell] = next++;
      classOf[byte] = numbers[cell]!;
    }
    count = next;
  };
  for (const set of sets) splitBy((byte) => set.has(byte));
  if (hasAssertions) {
    splitBy(isWordByte);
    splitBy((byte) => byte === 0x0a);
  }
  const representative = Array.from({ length: count }, (_, number) => classOf.indexOf(number));
  // The end, numbered after the classes, is in no set.
  const accepts = Uint8Array.from(sets.flatMap((set) => [...representative.map((byte) => (set.has(byte) ? 1 : 0)), 0]));
  return { count, classOf, representative, accepts };
}
