import { hexByteAt, isOctalDigit } from './bytes.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

const CONTROL: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

/** What may follow a backslash and stand for itself. */
const PLAIN = '\\?\'"89';

/** ANSI C escapes: control letters, `\\ \? \' \"`, `\xHH`, octal; anything else keeps its backslash. */
export const escapeSeqDecode: Transformation = {
  name: 'escapeseqdecode',
  triggers: FEATURE.backslash,
  apply(text) {
    let out = '';
    let at = 0;
    for (;;) {
      const escape = text.indexOf('\\', at);
      if (escape < 0 || escape + 1 >= text.length) return out + text.slice(at);
      out += text.slice(at, escape);
      const char = text[escape + 1]!;
      const hexadecimal = char === 'x' || char === 'X' ? hexByteAt(text, escape + 2) : -1;
      let length = hexadecimal < 0 ? 1 : 3;
      if (hexadecimal >= 0) {
        out += String.fromCharCode(hexadecimal);
      } else if (isOctalDigit(char.charCodeAt(0))) {
        while (length < 3 && isOctalDigit(text.charCodeAt(escape + 1 + length))) length++;
        out += String.fromCharCode(Number.parseInt(text.slice(escape + 1, escape + 1 + length), 8) & 0xff);
      } else {
        out += CONTROL[char] ?? (PLAIN.includes(char) ? char : `\\${char}`);
      }
      at = escape + 1 + length;
    }
  },
};
