import { byteOutput } from './byte-output.js';
import { hexByteAt } from './bytes.js';
import { ALL_FEATURES, FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Without a percent sign only pluses change. */
export function urlDecodeYields(kinds: number): number {
  return (kinds & FEATURE.percent) === 0 ? (kinds & ~FEATURE.plus) | FEATURE.space : ALL_FEATURES;
}

/** Percent-decoding; `+` is a space; an escape without two hexadecimal digits stays. */
export const urlDecode = transformation({
  name: 'urldecode',
  triggers: FEATURE.percent | FEATURE.plus,
  stretches: 'text',
  yields: urlDecodeYields,
  reveals: (literal, kinds) => (kinds & FEATURE.percent) !== 0 || (literal.kinds & FEATURE.space) !== 0,
  apply(text) {
    const out = byteOutput.reserve(text.length);
    let length = 0;
    let isChanged = false;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      const decoded = byte === 0x25 ? hexByteAt(text, i + 1) : -1;
      if (decoded >= 0) i += 2;
      out[length++] = decoded >= 0 ? decoded : byte === 0x2b ? 0x20 : byte;
      isChanged ||= decoded >= 0 || byte === 0x2b;
    }
    return isChanged ? byteOutput.text(length) : text;
  },
});
