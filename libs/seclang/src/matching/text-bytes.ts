/** Texts beyond this get bytes of their own, so that one huge value doesn't hold memory for ever. */
const KEPT_BYTES = 1 << 20;

/** Up to this length a loop is quicker than the call to the native copy. */
const SHORT_TEXT = 64;

/**
 * The bytes of a text. A long value is looked at by many patterns one after the other, and bytes in an array are read at half the cost
 * of those in a string: the array of the last text is kept.
 */
class TextBytes {
  #text = '';
  #bytes = new Uint8Array(4096);
  #writer = writerOf(this.#bytes);

  /** The bytes of a byte string; valid until the next call. The array may be longer than the text. */
  of(text: string): Uint8Array {
    if (text === this.#text) return this.#bytes;
    if (text.length > KEPT_BYTES) return new Uint8Array(Buffer.from(text, 'latin1'));
    if (text.length > this.#bytes.length) {
      this.#bytes = new Uint8Array(Math.min(KEPT_BYTES, text.length * 2));
      this.#writer = writerOf(this.#bytes);
    }
    if (text.length > SHORT_TEXT) this.#writer.latin1Write(text, 0);
    else for (let i = 0; i < text.length; i++) this.#bytes[i] = text.charCodeAt(i);
    this.#text = text;
    return this.#bytes;
  }
}

/** What `write` of a buffer comes to, without finding out the encoding anew for every value; the types of Node leave it out. */
interface Latin1Writer {
  latin1Write(text: string, offset: number): number;
}

function writerOf({ buffer }: Uint8Array<ArrayBuffer>): Latin1Writer {
  return Buffer.from(buffer) as Buffer & Latin1Writer;
}

/** Of this thread; nothing is kept across a wait. */
export const textBytes = new TextBytes();
