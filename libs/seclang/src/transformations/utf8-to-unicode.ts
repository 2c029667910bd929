import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Well-formed UTF-8 sequences of two to four bytes become `%uHHHH` (lower-case, at least four digits); other bytes stay. */
export const utf8ToUnicode: Transformation = {
  name: 'utf8tounicode',
  triggers: FEATURE.high,
  apply(text) {
    let out = '';
    let copied = 0;
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) < 0x80) continue;
      const length = sequenceLength(text, i);
      if (length === 0) continue;
      out += `${text.slice(copied, i)}%u${codePointOf(text, i, length).toString(16).padStart(4, '0')}`;
      i += length - 1;
      copied = i + 1;
    }
    return copied === 0 ? text : out + text.slice(copied);
  },
};

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
