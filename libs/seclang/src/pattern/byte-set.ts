/** Sets of one byte, and of one letter in both cases: patterns are made of thousands of them. Not to be added to. */
const SINGLE: (ByteSet | undefined)[] = [];
const SINGLE_FOLDED: (ByteSet | undefined)[] = [];

/** The set of one byte, with the other case of a letter when case is ignored. Shared: not to be added to. */
export function setOfByte(byte: number, ignoreCase: boolean): ByteSet {
  if (!ignoreCase) return (SINGLE[byte] ??= ByteSet.of(byte));
  return (SINGLE_FOLDED[byte] ??= ByteSet.of(byte).folded());
}

/** A set of byte values (0-255). */
export class ByteSet {
  readonly #words = new Uint32Array(8);
  #key: string | null = null;

  static of(...bytes: number[]): ByteSet {
    const set = new ByteSet();
    for (const byte of bytes) set.add(byte);
    return set;
  }

  static range(first: number, last: number): ByteSet {
    return new ByteSet().addRange(first, last);
  }

  static all(): ByteSet {
    return ByteSet.range(0, 255);
  }

  add(byte: number): this {
    this.#key = null;
    this.#words[byte >> 5]! |= 1 << (byte & 31);
    return this;
  }

  addRange(first: number, last: number): this {
    for (let byte = first; byte <= last; byte++) this.add(byte);
    return this;
  }

  addAll(other: ByteSet): this {
    this.#key = null;
    for (let i = 0; i < 8; i++) this.#words[i]! |= other.#words[i]!;
    return this;
  }

  has(byte: number): boolean {
    return ((this.#words[byte >> 5]! >>> (byte & 31)) & 1) === 1;
  }

  /** The bytes that are not in this set. */
  inverted(): ByteSet {
    const set = new ByteSet();
    for (let i = 0; i < 8; i++) set.#words[i] = ~this.#words[i]!;
    return set;
  }

  /** This set with the other case of each ASCII letter in it. */
  folded(): ByteSet {
    const set = new ByteSet().addAll(this);
    for (let lower = 0x61; lower <= 0x7a; lower++) {
      if (this.has(lower)) set.add(lower - 0x20);
      if (this.has(lower - 0x20)) set.add(lower);
    }
    return set;
  }

  get size(): number {
    let count = 0;
    for (let byte = 0; byte < 256; byte++) if (this.has(byte)) count++;
    return count;
  }

  bytes(): number[] {
    const list: number[] = [];
    for (let byte = 0; byte < 256; byte++) if (this.has(byte)) list.push(byte);
    return list;
  }

  /** The set as inclusive ranges in ascending order. */
  ranges(): [first: number, last: number][] {
    const list: [number, number][] = [];
    for (let byte = 0; byte < 256; byte++) {
      if (!this.has(byte)) continue;
      const first = byte;
      while (byte < 255 && this.has(byte + 1)) byte++;
      list.push([first, byte]);
    }
    return list;
  }

  /** A short text that is equal for equal sets. */
  key(): string {
    return (this.#key ??= this.#words.join('.'));
  }
}
