import { hexValue, isSpace } from './bytes.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/**
 * CSS 2.x escapes: a backslash with one to six hexadecimal digits is that code point in UTF-8 (full-width forms as ASCII, ones past
 * Unicode as U+FFFD), one white space after it is dropped; a backslash before a newline vanishes with it; any other `\c` is `c`.
 */
export const cssDecode: Transformation = {
  name: 'cssdecode',
  triggers: FEATURE.backslash,
  apply(text) {
    let out = '';
    let at = 0;
    for (;;) {
      const escape = text.indexOf('\\', at);
      if (escape < 0) return out + text.slice(at);
      out += text.slice(at, escape);
      let end = escape + 1;
      while (end < escape + 7 && hexValue(text.charCodeAt(end)) >= 0) end++;
      const digits = text.slice(escape + 1, end);
      if (digits.length > 0) {
        out += bytesOf(Number.parseInt(digits, 16));
        at = isSpace(text.charCodeAt(end)) ? end + 1 : end;
      } else {
        const next = text.charAt(escape + 1);
        if (next !== '\n') out += next;
        at = escape + 2;
      }
    }
  },
};

function bytesOf(codePoint: number): string {
  if (codePoint < 0x80) return String.fromCharCode(codePoint);
  if (codePoint > 0xff00 && codePoint < 0xff5f) return String.fromCharCode(codePoint - 0xfee0);
  const isScalar = codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff);
  return Buffer.from(String.fromCodePoint(isScalar ? codePoint : 0xfffd), 'utf8').toString('latin1');
}
