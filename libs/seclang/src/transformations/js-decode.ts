import { textBytes } from '../matching/text-bytes.js';
import { byteOutput, copyBytes } from './byte-output.js';
import { byteOfCodePoint, hexByteAt, hexWordAt, isOctalDigit } from './bytes.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Bytes that letters stand for after a backslash; 0 for none. */
const CONTROL = new Uint8Array(256);
for (const [from, to] of ['a\x07', 'b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v']) CONTROL[from!.charCodeAt(0)] = to!.charCodeAt(0);

/** JavaScript escapes: `\uHHHH` (low byte, full-width as ASCII), `\xHH`, octal, control letters; any other `\c` is `c`. */
export const jsDecode = transformation({
  name: 'jsdecode',
  triggers: FEATURE.backslash,
  stretches: 'text',
  apply(text) {
    const first = text.indexOf('\\');
    if (first < 0) return text;
    const bytes = textBytes.of(text);
    const out = byteOutput.reserve(text.length);
    let length = copyBytes(bytes, 0, first, out, 0);
    for (let at = first; at < text.length;) {
      const byte = bytes[at]!;
      if (byte !== 0x5c || at + 1 === text.length) {
        out[length++] = byte;
        at++;
        continue;
      }
      const size = escapeLength(text, at + 1);
      out[length++] = decodeEscape(text, at + 1, size);
      at += 1 + size;
    }
    return byteOutput.text(length);
  },
});

function escapeLength(text: string, at: number): number {
  const letter = text.charCodeAt(at);
  if (letter === 0x75 && hexWordAt(text, at + 1) >= 0) return 5;
  if (letter === 0x78 && hexByteAt(text, at + 1) >= 0) return 3;
  return Math.max(1, octalLength(text, at));
}

/** How many octal digits stand here: at most three, and only two when three would pass one byte. */
function octalLength(text: string, at: number): number {
  let length = 0;
  while (length < 3 && isOctalDigit(text.charCodeAt(at + length))) length++;
  return length === 3 && text.charCodeAt(at) > 0x33 ? 2 : length;
}

function decodeEscape(text: string, at: number, length: number): number {
  const letter = text.charCodeAt(at);
  if (length === 5) return byteOfCodePoint(hexWordAt(text, at + 1));
  if (length === 3 && letter === 0x78) return hexByteAt(text, at + 1);
  if (!isOctalDigit(letter)) return CONTROL[letter] === 0 ? letter : CONTROL[letter]!;
  let value = 0;
  for (let i = at; i < at + length; i++) value = value * 8 + text.charCodeAt(i) - 0x30;
  return value;
}
