import { byteOfCodePoint, hexByteAt, hexWordAt, isOctalDigit } from './bytes.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

const CONTROL: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** JavaScript escapes: `\uHHHH` (low byte, full-width as ASCII), `\xHH`, octal, control letters; any other `\c` is `c`. */
export const jsDecode: Transformation = {
  name: 'jsdecode',
  triggers: FEATURE.backslash,
  apply(text) {
    let out = '';
    let at = 0;
    for (;;) {
      const escape = text.indexOf('\\', at);
      if (escape < 0 || escape + 1 >= text.length) return out + text.slice(at);
      out += text.slice(at, escape);
      const length = escapeLength(text, escape + 1);
      out += decodeEscape(text, escape + 1, length);
      at = escape + 1 + length;
    }
  },
};

function escapeLength(text: string, at: number): number {
  const char = text[at];
  if (char === 'u' && hexWordAt(text, at + 1) >= 0) return 5;
  if (char === 'x' && hexByteAt(text, at + 1) >= 0) return 3;
  return Math.max(1, octalLength(text, at));
}

/** How many octal digits stand here: at most three, and only two when three would pass one byte. */
function octalLength(text: string, at: number): number {
  let length = 0;
  while (length < 3 && isOctalDigit(text.charCodeAt(at + length))) length++;
  return length === 3 && text.charCodeAt(at) > 0x33 ? 2 : length;
}

function decodeEscape(text: string, at: number, length: number): string {
  if (length === 5) return String.fromCharCode(byteOfCodePoint(hexWordAt(text, at + 1)));
  if (length === 3 && text[at] === 'x') return String.fromCharCode(hexByteAt(text, at + 1));
  if (isOctalDigit(text.charCodeAt(at))) return String.fromCharCode(Number.parseInt(text.slice(at, at + length), 8));
  const char = text[at]!;
  return CONTROL[char] ?? char;
}
