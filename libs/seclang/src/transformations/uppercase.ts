import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** ASCII letters to upper case. */
export const uppercase = transformation({
  name: 'uppercase',
  triggers: FEATURE.lower,
  stretches: 'text',
  yields: (kinds) => (kinds & ~FEATURE.lower) | FEATURE.upper,
  reveals: () => false,
  apply(text) {
    const out = byteOutput.reserve(text.length);
    let isChanged = false;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      const isLower = byte >= 0x61 && byte <= 0x7a;
      out[i] = isLower ? byte - 0x20 : byte;
      isChanged ||= isLower;
    }
    return isChanged ? byteOutput.text(text.length) : text;
  },
});
