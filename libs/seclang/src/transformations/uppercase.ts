import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** ASCII letters to upper case. */
export const uppercase: Transformation = {
  name: 'uppercase',
  triggers: FEATURE.lower,
  apply: (text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
};
