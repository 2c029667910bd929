import { byteOutput } from './byte-output.js';
import { isWideSpace } from './bytes.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Each run of white space (the no-break space included) becomes one space. */
export const compressWhitespace: Transformation = {
  name: 'compresswhitespace',
  triggers: FEATURE.space | FEATURE.lineSpace | FEATURE.noBreakSpace,
  stretches: 'text',
  yields: (kinds) => (kinds & ~(FEATURE.lineSpace | FEATURE.noBreakSpace)) | FEATURE.space,
  reveals: ({ kinds }) => (kinds & FEATURE.space) !== 0,
  apply(text) {
    const out = byteOutput.reserve(text.length);
    let length = 0;
    let isInRun = false;
    let isChanged = false;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      const isSpace = isWideSpace(byte);
      if (isSpace) isChanged ||= isInRun || byte !== 0x20;
      if (!isSpace || !isInRun) out[length++] = isSpace ? 0x20 : byte;
      isInRun = isSpace;
    }
    return isChanged ? byteOutput.text(length) : text;
  },
};
