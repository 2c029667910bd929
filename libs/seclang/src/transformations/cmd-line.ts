import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

const KEPT = 0;
const DROPPED = 1;
const SPACE = 2;
const DROPPED_KINDS = FEATURE.backslash | FEATURE.quote | FEATURE.caret;
const SPACE_KINDS = FEATURE.space | FEATURE.lineSpace | FEATURE.comma | FEATURE.semicolon;
/** What becomes of a byte. */
const FATE = fates();

/**
 * Undoes command-line evasion: drops `\ " ' ^`, makes runs of `, ;` and white space one space, drops spaces before `/` and `(`,
 * and lower-cases.
 */
export const cmdLine: Transformation = {
  name: 'cmdline',
  triggers:
    FEATURE.backslash |
    FEATURE.quote |
    FEATURE.caret |
    FEATURE.comma |
    FEATURE.semicolon |
    FEATURE.lineSpace |
    FEATURE.space |
    FEATURE.upper,
  stretches: 'text',
  yields(kinds) {
    const kept = kinds & ~(DROPPED_KINDS | FEATURE.comma | FEATURE.semicolon | FEATURE.upper);
    return kept | ((kinds & SPACE_KINDS) === 0 ? 0 : FEATURE.space) | ((kinds & FEATURE.upper) === 0 ? 0 : FEATURE.lower);
  },
  reveals({ kinds: literal, inner }, kinds) {
    if ((kinds & DROPPED_KINDS) !== 0) return true;
    // Spaces vanish only before a slash or a parenthesis.
    return (kinds & SPACE_KINDS) !== 0 && ((literal & FEATURE.space) !== 0 || (inner & (FEATURE.slash | FEATURE.parenthesis)) !== 0);
  },
  apply(text) {
    const out = byteOutput.reserve(text.length);
    let length = 0;
    let isPending = false;
    let isChanged = false;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      const fate = FATE[byte]!;
      if (fate !== KEPT) {
        isChanged ||= fate === DROPPED || isPending || byte !== 0x20;
        isPending ||= fate === SPACE;
        continue;
      }
      if (isPending) {
        if (byte === 0x2f || byte === 0x28) isChanged = true;
        else out[length++] = 0x20;
        isPending = false;
      }
      const isUpper = byte >= 0x41 && byte <= 0x5a;
      isChanged ||= isUpper;
      out[length++] = isUpper ? byte + 0x20 : byte;
    }
    if (isPending) out[length++] = 0x20;
    return isChanged ? byteOutput.text(length) : text;
  },
};

function fates(): Uint8Array {
  const table = new Uint8Array(256);
  for (const char of '\\"\'^') table[char.charCodeAt(0)] = DROPPED;
  for (const char of ' ,;\t\n\r') table[char.charCodeAt(0)] = SPACE;
  return table;
}
