/** Larger outputs get an array of their own, so that one huge value doesn't hold memory for ever. */
const KEPT_BYTES = 1 << 21;

/** What `toString` of a buffer comes to, without finding out the encoding anew for every value; the types of Node leave it out. */
type Latin1Reader = Buffer & { latin1Slice(start: number, end: number): string };

/** Where transformations put their result byte by byte: a text grown by concatenation would cost far more. */
class ByteOutput {
  #buffer = Buffer.alloc(8192) as Latin1Reader;
  #bytes: Uint8Array = new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length);

  /** An array for at least so many bytes; valid until the next call. */
  reserve(length: number): Uint8Array {
    if (length > this.#bytes.length || this.#bytes.length > KEPT_BYTES) {
      this.#buffer = Buffer.alloc(Math.max(8192, length + (length >> 1))) as Latin1Reader;
      this.#bytes = new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#buffer.length);
    }
    return this.#bytes;
  }

  /** The first bytes of the array as a byte string. */
  text(length: number): string {
    return this.#buffer.latin1Slice(0, length);
  }
}

/** Of this thread; no transformation calls another while it writes. */
export const byteOutput = new ByteOutput();

/** Copies bytes to another array; gives where the next one goes. */
export function copyBytes(bytes: Uint8Array, from: number, to: number, out: Uint8Array, at: number): number {
  let length = at;
  for (let i = from; i < to; i++) out[length++] = bytes[i]!;
  return length;
}
