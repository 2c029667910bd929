import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Each C comment becomes one space, an open one too. */
export const replaceComments: Transformation = {
  name: 'replacecomments',
  triggers: FEATURE.star,
  apply(text) {
    let out = '';
    let at = 0;
    for (;;) {
      const start = text.indexOf('/*', at);
      if (start < 0) return out + text.slice(at);
      out += `${text.slice(at, start)} `;
      const end = text.indexOf('*/', start + 2);
      if (end < 0) return out;
      at = end + 2;
    }
  },
};
