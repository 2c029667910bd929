const EMPTY = Buffer.alloc(0);

/**
 * Bytes that arrived but can't be used yet. Grows by doubling, so that a message that comes byte by byte is not copied anew for each of them, and
 * leaves the rest of many messages where it is. Views that were handed out stay valid: consumed regions are never written again.
 */
export class PendingBytes {
  #store: Buffer = EMPTY;
  #start = 0;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What is held, then `chunk`, as one run of bytes; all of it is held afterwards unless nothing was held before. */
  join(chunk: Buffer): Buffer {
    if (this.#length === 0) return chunk;
    this.append(chunk);
    return this.view();
  }

  append(chunk: Buffer): void {
    const length = this.#length + chunk.length;
    if (this.#start + length > this.#store.length) {
      const store = Buffer.allocUnsafeSlow(Math.max(1024, length * 2));
      this.#store.copy(store, 0, this.#start, this.#start + this.#length);
      this.#store = store;
      this.#start = 0;
    }
    chunk.copy(this.#store, this.#start + this.#length);
    this.#length = length;
  }

  /** Everything that is held. */
  view(): Buffer {
    return this.#store.subarray(this.#start, this.#start + this.#length);
  }

  /** Keeps only `rest`, which may be the tail of a view of these bytes. */
  keep(rest: Buffer): void {
    if (rest.length === 0) return this.clear();
    const start = rest.byteOffset - this.#store.byteOffset;
    if (this.#length === 0 || rest.buffer !== this.#store.buffer || start + rest.length !== this.#start + this.#length) {
      this.clear();
      return this.append(rest);
    }
    this.#start = start;
    this.#length = rest.length;
  }

  clear(): void {
    this.#store = EMPTY;
    this.#start = 0;
    this.#length = 0;
  }
}
