import { textBytes } from '../matching/text-bytes.js';
import { byteOutput } from './byte-output.js';
import { byteOfCodePoint, hexByteAt, hexWordAt } from './bytes.js';
import { ALL_FEATURES, FEATURE, FEATURE_OF } from './byte-features.js';
import { transformation } from './transformation.js';
import { urlDecodeYields } from './url-decode.js';

/** Like urlDecode, and `%uHHHH` too: by the pack's best-fit map, else the low byte (full-width forms as ASCII). */
export const urlDecodeUni = transformation({
  name: 'urldecodeuni',
  triggers: FEATURE.percent | FEATURE.plus,
  stretches: 'text',
  yields: urlDecodeYields,
  kindsIn(text, kinds) {
    let now = (kinds & FEATURE.plus) === 0 ? kinds : (kinds & ~FEATURE.plus) | FEATURE.space;
    if ((kinds & FEATURE.percent) === 0) return now;
    now &= ~FEATURE.percent;
    for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 1)) {
      if ((text.charCodeAt(at + 1) | 0x20) === 0x75) return ALL_FEATURES;
      const byte = hexByteAt(text, at + 1);
      now |= byte < 0 ? FEATURE.percent : FEATURE_OF[byte]!;
    }
    return now;
  },
  reveals: (literal, kinds) => (kinds & FEATURE.percent) !== 0 || (literal.kinds & FEATURE.space) !== 0,
  apply(text, { unicodeMap }) {
    const first = firstOf(text.indexOf('%'), text.indexOf('+'));
    if (first < 0) return text;
    const bytes = textBytes.of(text);
    const out = byteOutput.reserve(text.length);
    let length = 0;
    for (; length < first; length++) out[length] = bytes[length]!;
    let isChanged = false;
    for (let i = first; i < text.length; i++) {
      const byte = bytes[i]!;
      if (byte !== 0x25 && byte !== 0x2b) {
        out[length++] = byte;
        continue;
      }
      if (byte === 0x2b) {
        out[length++] = 0x20;
        isChanged = true;
        continue;
      }
      const isWide = (text.charCodeAt(i + 1) | 0x20) === 0x75;
      const value = isWide ? hexWordAt(text, i + 2) : hexByteAt(text, i + 1);
      if (value < 0) {
        out[length++] = byte;
        continue;
      }
      out[length++] = isWide ? (unicodeMap?.get(value) ?? byteOfCodePoint(value)) : value;
      i += isWide ? 5 : 2;
      isChanged = true;
    }
    return isChanged ? byteOutput.text(length) : text;
  },
});

/** The smaller of two positions, where -1 is none. */
function firstOf(a: number, b: number): number {
  return a < 0 ? b : b < 0 ? a : Math.min(a, b);
}
