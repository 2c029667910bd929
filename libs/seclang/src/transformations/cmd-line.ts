import { textBytes } from '../matching/text-bytes.js';
import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

const KEPT = 0;
const UPPER = 1;
const DROPPED = 2;
const SPACE = 3;
const SLASH = 0x2f;
const PARENTHESIS = 0x28;
const DROPPED_KINDS = FEATURE.backslash | FEATURE.quote | FEATURE.caret;
const SPACE_KINDS = FEATURE.space | FEATURE.lineSpace | FEATURE.comma | FEATURE.semicolon;
/** What becomes of a byte. */
const FATE = fates();
const LOWERED = FATE.map((fate, byte) => (fate === UPPER ? byte + 0x20 : byte));
/** 1 for bytes that neither change nor have the space before them changed. */
const STAYS_AFTER_SPACE = FATE.map((fate, byte) => (fate === KEPT && byte !== SLASH && byte !== PARENTHESIS ? 1 : 0));

/**
 * Undoes command-line evasion: drops `\ " ' ^`, makes runs of `, ;` and white space one space, drops spaces before `/` and `(`,
 * and lower-cases.
 */
export const cmdLine = transformation({
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
    const bytes = textBytes.of(text);
    const first = firstChange(bytes, text.length);
    if (first === text.length) return text;
    const out = byteOutput.reserve(text.length);
    let length = 0;
    for (; length < first; length++) out[length] = bytes[length]!;
    let isPending = false;
    for (let i = first; i < text.length; i++) {
      const byte = bytes[i]!;
      const fate = FATE[byte]!;
      if (fate > UPPER) {
        isPending ||= fate === SPACE;
        continue;
      }
      if (isPending && byte !== SLASH && byte !== PARENTHESIS) out[length++] = 0x20;
      isPending = false;
      out[length++] = LOWERED[byte]!;
    }
    if (isPending) out[length++] = 0x20;
    return byteOutput.text(length);
  },
});

/** Where the text begins to differ from what becomes of it. */
function firstChange(bytes: Uint8Array, length: number): number {
  for (let i = 0; i < length; i++) {
    const byte = bytes[i]!;
    if (FATE[byte] === KEPT) continue;
    const isLoneSpace = byte === 0x20 && (i + 1 === length || STAYS_AFTER_SPACE[bytes[i + 1]!] === 1);
    if (!isLoneSpace) return i;
  }
  return length;
}

function fates(): Uint8Array {
  const table = new Uint8Array(256).fill(UPPER, 0x41, 0x5b);
  for (const char of '\\"\'^') table[char.charCodeAt(0)] = DROPPED;
  for (const char of ' ,;\t\n\r') table[char.charCodeAt(0)] = SPACE;
  return table;
}
