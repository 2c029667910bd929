import { textBytes } from '../matching/text-bytes.js';
import { byteOutput } from './byte-output.js';
import { isWideSpace } from './bytes.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

const IS_SPACE = Uint8Array.from({ length: 256 }, (_, byte) => (isWideSpace(byte) ? 1 : 0));

/** Each run of white space (the no-break space included) becomes one space. */
export const compressWhitespace = transformation({
  name: 'compresswhitespace',
  triggers: FEATURE.space | FEATURE.lineSpace | FEATURE.noBreakSpace,
  stretches: 'text',
  yields: (kinds) => (kinds & ~(FEATURE.lineSpace | FEATURE.noBreakSpace)) | FEATURE.space,
  reveals: ({ kinds }) => (kinds & FEATURE.space) !== 0,
  apply(text) {
    const bytes = textBytes.of(text);
    const first = firstChange(bytes, text.length);
    if (first === text.length) return text;
    const out = byteOutput.reserve(text.length);
    let length = 0;
    for (; length < first; length++) out[length] = bytes[length]!;
    let isInRun = false;
    for (let i = first; i < text.length; i++) {
      const byte = bytes[i]!;
      const isSpace = IS_SPACE[byte] === 1;
      if (!isSpace || !isInRun) out[length++] = isSpace ? 0x20 : byte;
      isInRun = isSpace;
    }
    return byteOutput.text(length);
  },
});

/** Where a run begins that isn't one space. */
function firstChange(bytes: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (IS_SPACE[byte] === 1 && (byte !== 0x20 || (i + 1 < length && IS_SPACE[bytes[i + 1]!] === 1))) return i;
  }
  return length;
}
