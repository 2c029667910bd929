import { hexDigit } from './hex.js';

const SPACE = 0x20;
const PLUS = 0x2b;
const PERCENT = 0x25;
/** Up to this length a string is put together from its pieces: filling an array costs more than it saves. */
const SHORT_TEXT = 32;
/** Texts beyond this get bytes of their own, so that one huge value doesn't hold memory for ever. */
const KEPT_BYTES = 1 << 20;

/** Percent-decoding of form data: `+` is a space; an escape without two hexadecimal digits stays as it is. */
class FormDecoder {
  #bytes = Buffer.alloc(0);
  #words = new Int32Array(0);

  /** Both are byte strings (latin1). */
  decode(text: string): string {
    return text.length <= SHORT_TEXT ? decodeShort(text) : this.#decodeLong(text);
  }

  #decodeLong(text: string): string {
    const percent = text.indexOf('%');
    const hasPlus = text.includes('+');
    if (percent < 0 && !hasPlus) return text;
    this.#makeRoom(text.length);
    const bytes = this.#bytes;
    bytes.write(text, 'latin1');
    if (hasPlus) spacesForPluses(this.#words, (text.length + 3) >> 2);
    const end = percent < 0 ? text.length : decodeEscapes(bytes, text.length, percent);
    const decoded = bytes.toString('latin1', 0, end);
    if (text.length > KEPT_BYTES) this.#allot(0);
    return decoded;
  }

  #makeRoom(length: number): void {
    if (length > this.#bytes.length) this.#allot(length <= KEPT_BYTES / 2 ? Math.max(4096, length * 2) : length);
  }

  #allot(length: number): void {
    const room = new ArrayBuffer((length + 3) & ~3);
    this.#bytes = Buffer.from(room);
    this.#words = new Int32Array(room);
  }
}

/** Four bytes at a time: prose has a `+` for each space. */
function spacesForPluses(words: Int32Array, count: number): void {
  for (let at = 0; at < count; at++) {
    const word = words[at]!;
    const difference = word ^ 0x2b2b2b2b;
    // The highest bit of each byte that is a `+`, and no other bit.
    const found = ~(((difference & 0x7f7f7f7f) + 0x7f7f7f7f) | difference | 0x7f7f7f7f);
    if (found !== 0) words[at] = word ^ Math.imul(found >>> 7, PLUS ^ SPACE);
  }
}

/** In place, from the first escape on: what is decoded is never longer. Gives the new length. */
function decodeEscapes(bytes: Uint8Array, length: number, first: number): number {
  let end = first;
  for (let at = first; at < length; at++) {
    let byte = bytes[at]!;
    if (byte === PERCENT && at + 2 < length) {
      const high = hexDigit(bytes[at + 1]!);
      const low = hexDigit(bytes[at + 2]!);
      if (high >= 0 && low >= 0) {
        byte = high * 16 + low;
        at += 2;
      }
    }
    bytes[end++] = byte;
  }
  return end;
}

function decodeShort(text: string): string {
  let out = '';
  let copied = 0;
  for (let at = 0; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    if (byte === PLUS) {
      out += text.slice(copied, at) + ' ';
      copied = at + 1;
    } else if (byte === PERCENT) {
      const high = hexDigit(text.charCodeAt(at + 1));
      const low = hexDigit(text.charCodeAt(at + 2));
      if (high < 0 || low < 0) continue;
      out += text.slice(copied, at) + String.fromCharCode(high * 16 + low);
      at += 2;
      copied = at + 1;
    }
  }
  return copied === 0 ? text : out + text.slice(copied);
}

/** Of this thread; nothing is kept across a call. */
export const formDecoder = new FormDecoder();
