import { isSpace } from './bytes.js';
import { ALL_FEATURES, FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Drops white space at the end. */
export const trimRight = transformation({
  name: 'trimright',
  triggers: FEATURE.space | FEATURE.lineSpace,
  yields: (kinds) => kinds,
  reveals: (literal) => literal.kinds === ALL_FEATURES,
  apply: trimEnd,
});

export function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(0, end);
}
