import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Drops C and HTML comments, and all from `--` or `#` on; an open comment becomes a space. */
export const removeComments = transformation({
  name: 'removecomments',
  triggers: FEATURE.slash | FEATURE.dash | FEATURE.hash,
  yields: (kinds) => kinds | FEATURE.space | FEATURE.nul,
  apply(text) {
    const out = byteOutput.reserve(text.length + 1);
    let length = 0;
    for (let at = 0; at < text.length;) {
      const byte = text.charCodeAt(at);
      const size = openerLength(text, at, byte);
      if (size === 0) {
        out[length++] = byte;
        at++;
        continue;
      }
      if (size === TO_END) return byteOutput.text(length);
      const end = closingOf(text, at + size);
      // ModSecurity takes over the byte after a comment unseen, at the end of the value its terminator: rules rely on neither.
      out[length++] = end < 0 ? 0x20 : end < text.length ? text.charCodeAt(end) : 0;
      if (end < 0) return byteOutput.text(length);
      at = end + 1;
    }
    return length === text.length ? text : byteOutput.text(length);
  },
});

const TO_END = -1;

/** Bytes of the mark that opens a comment here, 0 for none. */
function openerLength(text: string, at: number, byte: number): number {
  if (byte === 0x23) return TO_END;
  const next = byte === 0x2f || byte === 0x2d || byte === 0x3c ? text.charCodeAt(at + 1) : 0;
  if (byte === 0x2f) return next === 0x2a ? 2 : 0;
  if (byte === 0x2d) return next === 0x2d ? TO_END : 0;
  return next === 0x21 && text.startsWith('--', at + 2) ? 4 : 0;
}

/** Either closer ends either comment. */
function closingOf(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    if (byte === 0x2a && text.charCodeAt(at + 1) === 0x2f) return at + 2;
    if (byte === 0x2d && text.startsWith('->', at + 1)) return at + 3;
  }
  return -1;
}
