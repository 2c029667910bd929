import { textBytes } from '../matching/text-bytes.js';
import { byteOutput, copyBytes } from './byte-output.js';
import { hexByteAt, isOctalDigit } from './bytes.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Bytes that single letters and signs stand for after a backslash; -1 for none. */
const PLAIN = new Int16Array(256).fill(-1);
for (const [from, to] of ['a\x07', 'b\b', 'f\f', 'n\n', 'r\r', 't\t', 'v\v', '\\\\', '??', "''", '""', '88', '99']) {
  PLAIN[from!.charCodeAt(0)] = to!.charCodeAt(0);
}

/** ANSI C escapes: control letters, `\\ \? \' \"`, `\xHH`, octal; anything else keeps its backslash. */
export const escapeSeqDecode = transformation({
  name: 'escapeseqdecode',
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
      if (byte !== 0x5c || at === text.length) {
        out[length++] = byte;
        continue;
      }
      const letter = text.charCodeAt(at++);
      const hexadecimal = (letter | 0x20) === 0x78 ? hexByteAt(text, at) : -1;
      if (hexadecimal >= 0) {
        out[length++] = hexadecimal;
        at += 2;
      } else if (isOctalDigit(letter)) {
        let value = letter - 0x30;
        for (let i = 0; i < 2 && isOctalDigit(text.charCodeAt(at)); i++) value = value * 8 + text.charCodeAt(at++) - 0x30;
        out[length++] = value & 0xff;
      } else {
        const plain = PLAIN[letter]!;
        if (plain < 0) out[length++] = 0x5c;
        out[length++] = plain < 0 ? letter : plain;
      }
    }
    return byteOutput.text(length);
  },
});
