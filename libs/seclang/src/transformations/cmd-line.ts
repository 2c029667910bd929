import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

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
    let out = '';
    let pendingSpace = false;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      if (byte === 0x5c || byte === 0x22 || byte === 0x27 || byte === 0x5e) continue;
      if (byte === 0x20 || byte === 0x2c || byte === 0x3b || byte === 0x09 || byte === 0x0a || byte === 0x0d) {
        pendingSpace = true;
        continue;
      }
      if (pendingSpace && byte !== 0x2f && byte !== 0x28) out += ' ';
      pendingSpace = false;
      out += byte >= 0x41 && byte <= 0x5a ? String.fromCharCode(byte + 0x20) : text[i]!;
    }
    return pendingSpace ? `${out} ` : out;
  },
};
