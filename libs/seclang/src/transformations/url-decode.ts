import { hexByteAt } from './bytes.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Percent-decoding; `+` is a space; an escape without two hexadecimal digits stays. */
export const urlDecode: Transformation = {
  name: 'urldecode',
  triggers: FEATURE.percent | FEATURE.plus,
  apply(text) {
    let out = '';
    let copied = 0;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      if (byte === 0x2b) {
        out += `${text.slice(copied, i)} `;
        copied = i + 1;
      } else if (byte === 0x25) {
        const decoded = hexByteAt(text, i + 1);
        if (decoded < 0) continue;
        out += text.slice(copied, i) + String.fromCharCode(decoded);
        i += 2;
        copied = i + 1;
      }
    }
    return copied === 0 ? text : out + text.slice(copied);
  },
};
