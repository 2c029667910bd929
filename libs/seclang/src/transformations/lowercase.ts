import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** ASCII letters to lower case; other bytes stay. */
export const lowercase = transformation({
  name: 'lowercase',
  triggers: FEATURE.upper,
  stretches: 'text',
  yields: (kinds) => (kinds & ~FEATURE.upper) | FEATURE.lower,
  reveals: () => false,
  apply: toLowerAscii,
});

const HIGH_UPPER = /[\xc0-\xde]/;
const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

/** Lower-cases A-Z only. JavaScript's own lower-casing is quicker where there is no À-Þ that it would change. */
export function toLowerAscii(text: string): string {
  if (!HIGH_UPPER.test(text)) return text.toLowerCase();
  const out = byteOutput.reserve(text.length);
  let isChanged = false;
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    const lower = LOWER[byte]!;
    out[i] = lower;
    isChanged ||= lower !== byte;
  }
  return isChanged ? byteOutput.text(text.length) : text;
}
