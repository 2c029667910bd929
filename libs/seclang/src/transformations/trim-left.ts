import { isSpace } from './bytes.js';
import { ALL_FEATURES, FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Drops white space at the beginning. */
export const trimLeft = transformation({
  name: 'trimleft',
  triggers: FEATURE.space | FEATURE.lineSpace,
  yields: (kinds) => kinds,
  reveals: (literal) => literal.kinds === ALL_FEATURES,
  apply: trimStart,
});

export function trimStart(text: string): string {
  let start = 0;
  while (start < text.length && isSpace(text.charCodeAt(start))) start++;
  return text.slice(start);
}
