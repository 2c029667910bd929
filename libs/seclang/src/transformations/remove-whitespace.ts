import { byteOutput } from './byte-output.js';
import { isWideSpace } from './bytes.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Drops white space, the no-break space included. */
export const removeWhitespace: Transformation = {
  name: 'removewhitespace',
  triggers: FEATURE.space | FEATURE.lineSpace | FEATURE.noBreakSpace,
  stretches: 'text',
  yields: (kinds) => kinds & ~(FEATURE.space | FEATURE.lineSpace | FEATURE.noBreakSpace),
  apply(text) {
    const out = byteOutput.reserve(text.length);
    let length = 0;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      if (!isWideSpace(byte)) out[length++] = byte;
    }
    return length === text.length ? text : byteOutput.text(length);
  },
};
