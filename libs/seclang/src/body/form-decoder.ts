import { hexDigit } from './hex.js';

const PLUS = 0x2b;
const PERCENT = 0x25;
/** Up to this length a string is put together from its pieces: filling an array costs more than it saves. */
const SHORT_TEXT = 32;
/** Texts beyond this get bytes of their own, so that one huge value doesn't hold memory for ever. */
const KEPT_BYTES = 1 << 20;

/** Percent-decoding of form data: `+` is a space; an escape without two hexadecimal digits stays as it is. */
class FormDecoder {
  #bytes = Buffer.alloc(4096);

  /** Both are byte strings (latin1). */
  decode(text: string): string {
    let first = 0;
    for (; first < text.length; first++) {
      const byte = text.charCodeAt(first);
      if (byte === PLUS || byte === PERCENT) break;
    }
    if (first === text.length) return text;
    return text.length <= SHORT_TEXT ? decodeShort(text, first) : this.#decodeLong(text, first);
  }

  /** In place: what is decoded is never longer. */
  #decodeLong(text: string, first: number): string {
    const bytes = this.#room(text.length);
    bytes.write(text, 'latin1');
    let end = first;
    for (let at = first; at < text.length; at++) {
      let byte = bytes[at]!;
      if (byte === PLUS) byte = 0x20;
      else if (byte === PERCENT && at + 2 < text.length) {
        const high = hexDigit(bytes[at + 1]!);
        const low = hexDigit(bytes[at + 2]!);
        if (high >= 0 && low >= 0) {
          byte = high * 16 + low;
          at += 2;
        }
      }
      bytes[end++] = byte;
    }
    return bytes.toString('latin1', 0, end);
  }

  #room(length: number): Buffer {
    if (length > KEPT_BYTES) return Buffer.allocUnsafeSlow(length);
    if (length > this.#bytes.length) this.#bytes = Buffer.alloc(Math.min(KEPT_BYTES, length * 2));
    return this.#bytes;
  }
}

function decodeShort(text: string, first: number): string {
  let out = '';
  let copied = 0;
  for (let at = first; at < text.length; at++) {
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
  return out + text.slice(copied);
}

/** Of this thread; nothing is kept across a call. */
export const formDecoder = new FormDecoder();
