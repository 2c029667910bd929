import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

const HEX = '0123456789abcdef';
const ESCAPE_KINDS = FEATURE.percent | FEATURE.lower | FEATURE.digit;
/** `%uHHHH` in the place of two bytes. */
const GROWTH = 3;

/** Well-formed UTF-8 sequences of two to four bytes become `%uHHHH` (lower-case, at least four digits); other bytes stay. */
export const utf8ToUnicode = transformation({
  name: 'utf8tounicode',
  triggers: FEATURE.high,
  yields: (kinds) => kinds | ESCAPE_KINDS,
  reveals: (literal) => (literal.kinds & ESCAPE_KINDS) !== 0,
  apply(text) {
    const out = byteOutput.reserve(text.length * GROWTH);
    let length = 0;
    let isChanged = false;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      const size = byte < 0x80 ? 0 : sequenceLength(text, i);
      if (size === 0) {
        out[length++] = byte;
        continue;
      }
      length = putEscape(codePointOf(text, i, size), out, length);
      i += size - 1;
      isChanged = true;
    }
    return isChanged ? byteOutput.text(length) : text;
  },
});

function putEscape(codePoint: number, out: Uint8Array, at: number): number {
  let length = at;
  out[length++] = 0x25;
  out[length++] = 0x75;
  const digits = codePoint > 0xfffff ? 6 : codePoint > 0xffff ? 5 : 4;
  for (let digit = digits - 1; digit >= 0; digit--) out[length++] = HEX.charCodeAt((codePoint >> (4 * digit)) & 0xf);
  return length;
}

function sequenceLength(text: string, at: number): number {
  const lead = text.charCodeAt(at);
  const length = lead >= 0xc2 && lead <= 0xdf ? 2 : lead >= 0xe0 && lead <= 0xef ? 3 : lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
  for (let i = 1; i < length; i++) if ((text.charCodeAt(at + i) & 0xc0) !== 0x80) return 0;
  if (length < 3) return length;
  const codePoint = codePointOf(text, at, length);
  const isOverlong = codePoint < (length === 3 ? 0x800 : 0x10000);
  return isOverlong || codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff) ? 0 : length;
}

function codePointOf(text: string, at: number, length: number): number {
  let codePoint = text.charCodeAt(at) & (0x7f >> length);
  for (let i = 1; i < length; i++) codePoint = (codePoint << 6) | (text.charCodeAt(at + i) & 0x3f);
  return codePoint;
}
