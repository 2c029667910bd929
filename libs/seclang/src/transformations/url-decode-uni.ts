import { byteOfCodePoint, hexByteAt, hexWordAt } from './bytes.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Like urlDecode, and `%uHHHH` too: by the pack's best-fit map, else the low byte (full-width forms as ASCII). */
export const urlDecodeUni: Transformation = {
  name: 'urldecodeuni',
  triggers: FEATURE.percent | FEATURE.plus,
  apply(text, { unicodeMap }) {
    let out = '';
    let copied = 0;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      if (byte === 0x2b) {
        out += `${text.slice(copied, i)} `;
        copied = i + 1;
        continue;
      }
      if (byte !== 0x25) continue;
      const isWide = (text.charCodeAt(i + 1) | 0x20) === 0x75;
      const value = isWide ? hexWordAt(text, i + 2) : hexByteAt(text, i + 1);
      if (value < 0) continue;
      const decoded = isWide ? (unicodeMap?.get(value) ?? byteOfCodePoint(value)) : value;
      out += text.slice(copied, i) + String.fromCharCode(decoded);
      i += isWide ? 5 : 2;
      copied = i + 1;
    }
    return copied === 0 ? text : out + text.slice(copied);
  },
};
