import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Drops C and HTML comments, and all from `--` or `#` on; an open comment becomes a space. */
export const removeComments: Transformation = {
  name: 'removecomments',
  triggers: FEATURE.slash | FEATURE.dash | FEATURE.hash,
  apply(text) {
    let out = '';
    let at = 0;
    const opener = /\/\*|<!--|--|#/g;
    for (;;) {
      opener.lastIndex = at;
      const found = opener.exec(text);
      if (found === null) return out + text.slice(at);
      out += text.slice(at, found.index);
      if (found[0] === '--' || found[0] === '#') return out;
      const end = closingOf(text, found.index + found[0].length);
      if (end < 0) return `${out} `;
      // ModSecurity takes over the byte after a comment unseen, at the end of the value its terminator: rules rely on neither.
      if (end === text.length) return `${out}\0`;
      out += text[end]!;
      at = end + 1;
    }
  },
};

/** Either closer ends either comment. */
function closingOf(text: string, from: number): number {
  const closer = /\*\/|-->/g;
  closer.lastIndex = from;
  const found = closer.exec(text);
  return found === null ? -1 : found.index + found[0].length;
}
