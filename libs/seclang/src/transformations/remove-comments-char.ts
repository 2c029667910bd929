import { textBytes } from '../matching/text-bytes.js';
import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** By byte: 1 where a mark may begin with it. */
const BEGINS_MARK = Uint8Array.from({ length: 256 }, (_, byte) => ('#/*<-'.includes(String.fromCharCode(byte)) ? 1 : 0));

/** Drops the marks of comments and leaves what stands in them. */
export const removeCommentsChar = transformation({
  name: 'removecommentschar',
  triggers: FEATURE.star | FEATURE.dash | FEATURE.hash,
  stretches: 'text',
  yields: (kinds) => kinds,
  apply(text) {
    const bytes = textBytes.of(text);
    const out = byteOutput.reserve(text.length);
    let length = 0;
    for (let at = 0; at < text.length;) {
      const byte = bytes[at]!;
      const size = BEGINS_MARK[byte] === 0 ? 0 : markLength(text, at);
      if (size === 0) out[length++] = byte;
      at += Math.max(size, 1);
    }
    return length === text.length ? text : byteOutput.text(length);
  },
});

/** How many bytes of a comment's mark stand here: `/*`, its end, `<!--`, `-->`, `--` or `#`. */
function markLength(text: string, at: number): number {
  switch (text.charCodeAt(at)) {
    case 0x23:
      return 1;
    case 0x2f:
      return text.charCodeAt(at + 1) === 0x2a ? 2 : 0;
    case 0x2a:
      return text.charCodeAt(at + 1) === 0x2f ? 2 : 0;
    case 0x3c:
      return text.startsWith('!--', at + 1) ? 4 : 0;
    case 0x2d:
      if (text.charCodeAt(at + 1) !== 0x2d) return 0;
      return text.charCodeAt(at + 2) === 0x3e ? 3 : 2;
    default:
      return 0;
  }
}
