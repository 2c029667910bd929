import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

const KEPT = 0;
const DROPPED = 1;
const SPACE = 2;
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
