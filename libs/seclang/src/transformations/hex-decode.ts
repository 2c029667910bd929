import { byteOutput } from './byte-output.js';
import { hexByteAt } from './bytes.js';
import { transformation } from './transformation.js';

/** Pairs of hexadecimal digits to bytes; nothing when the value is anything else. */
export const hexDecode = transformation({
  name: 'hexdecode',
  triggers: null,
  apply(text) {
    if (text.length % 2 !== 0) return '';
    const out = byteOutput.reserve(text.length >> 1);
    for (let at = 0; at < text.length; at += 2) {
      const byte = hexByteAt(text, at);
      if (byte < 0) return '';
      out[at >> 1] = byte;
    }
    return byteOutput.text(text.length >> 1);
  },
});
