import { byteOutput } from './byte-output.js';
import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Drops the marks of comments and leaves what stands in them. */
export const removeCommentsChar = transformation({
  name: 'removecommentschar',
  triggers: FEATURE.star | FEATURE.dash | FEATURE.hash,
  stretches: 'text',
  yields: (kinds) => kinds,
  apply(text) {
    const out = byteOutput.reserve(text.length);
    let length = 0;
    for (let at = 0; at < text.length;) {
      const size = markLength(text, at);
      if (size === 0) out[length++] = text.charCodeAt(at);
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
