import { textBytes } from '../matching/text-bytes.js';
import { byteOutput } from './byte-output.js';
import { isWideSpace } from './bytes.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** By byte: how many are left of it. */
const KEPT = Uint8Array.from({ length: 256 }, (_, byte) => (isWideSpace(byte) ? 0 : 1));

/** Drops white space, the no-break space included. */
export const removeWhitespace = transformation({
  name: 'removewhitespace',
  triggers: FEATURE.space | FEATURE.lineSpace | FEATURE.noBreakSpace,
  stretches: 'text',
  yields: (kinds) => kinds & ~(FEATURE.space | FEATURE.lineSpace | FEATURE.noBreakSpace),
  apply(text) {
    const bytes = textBytes.of(text);
    const out = byteOutput.reserve(text.length);
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      const byte = bytes[i]!;
      // Written in any case, and written over where it doesn't count: quicker than to ask which it is.
      out[length] = byte;
      length += KEPT[byte]!;
    }
    return length === text.length ? text : byteOutput.text(length);
  },
});
