import { textBytes } from '../matching/text-bytes.js';
import { byteOutput, copyBytes } from './byte-output.js';
import { hexValue, isSpace } from './bytes.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/**
 * CSS 2.x escapes: a backslash with one to six hexadecimal digits is that code point in UTF-8 (full-width forms as ASCII, ones past
 * Unicode as U+FFFD), one white space after it is dropped; a backslash before a newline vanishes with it; any other `\c` is `c`.
 */
export const cssDecode = transformation({
  name: 'cssdecode',
  triggers: FEATURE.backslash,
  stretches: 'text',
  apply(text) {
    const first = text.indexOf('\\');
    if (first < 0) return text;
    const bytes = textBytes.of(text);
    const out = byteOutput.reserve(text.length);
    let length = copyBytes(bytes, 0, first, out, 0);
    for (let at = first; at < text.length;) {
      const byte = bytes[at++]!;
      if (byte !== 0x5c) {
        out[length++] = byte;
        continue;
      }
      let codePoint = 0;
      let end = at;
      for (let digit = 0; end < at + 6 && (digit = hexValue(text.charCodeAt(end))) >= 0; end++) codePoint = codePoint * 16 + digit;
      if (end > at) {
        length = putCodePoint(codePoint, out, length);
        at = isSpace(text.charCodeAt(end)) ? end + 1 : end;
      } else {
        if (at < text.length && text.charCodeAt(at) !== 0x0a) out[length++] = text.charCodeAt(at);
        at++;
      }
    }
    return byteOutput.text(length);
  },
});

/** Writes a code point as UTF-8: never longer than the escape it stands for. */
function putCodePoint(codePoint: number, out: Uint8Array, at: number): number {
  if (codePoint > 0xff00 && codePoint < 0xff5f) return putCodePoint(codePoint - 0xfee0, out, at);
  const isScalar = codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  const value = isScalar ? codePoint : 0xfffd;
  if (value < 0x80) {
    out[at] = value;
    return at + 1;
  }
  const continuations = value < 0x800 ? 1 : value < 0x10000 ? 2 : 3;
  out[at] = ((0xff00 >> (continuations + 1)) & 0xff) | (value >> (6 * continuations));
  for (let i = 1; i <= continuations; i++) out[at + i] = 0x80 | ((value >> (6 * (continuations - i))) & 0x3f);
  return at + 1 + continuations;
}
