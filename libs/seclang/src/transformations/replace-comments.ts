import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Each C comment becomes one space, an open one too. */
export const replaceComments = transformation({
  name: 'replacecomments',
  triggers: FEATURE.star,
  stretches: 'visible',
  yields: (kinds) => kinds | FEATURE.space,
  reveals: (literal, kinds) => (kinds & FEATURE.slash) !== 0 && (literal.kinds & FEATURE.space) !== 0,
  apply(text) {
    if (!text.includes('/*')) return text;
    const out = byteOutput.reserve(text.length);
    let length = 0;
    for (let at = 0; at < text.length;) {
      const byte = text.charCodeAt(at);
      if (byte !== 0x2f || text.charCodeAt(at + 1) !== 0x2a) {
        out[length++] = byte;
        at++;
        continue;
      }
      out[length++] = 0x20;
      at += 2;
      while (at < text.length && (text.charCodeAt(at) !== 0x2a || text.charCodeAt(at + 1) !== 0x2f)) at++;
      at += 2;
    }
    return byteOutput.text(length);
  },
});
