import { ALL_FEATURES, FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';
import { trimStart } from './trim-left.js';
import { trimEnd } from './trim-right.js';

/** Drops white space at both ends. */
export const trim = transformation({
  name: 'trim',
  triggers: FEATURE.space | FEATURE.lineSpace,
  yields: (kinds) => kinds,
  reveals: (literal) => literal.kinds === ALL_FEATURES,
  apply: (text) => trimEnd(trimStart(text)),
});
