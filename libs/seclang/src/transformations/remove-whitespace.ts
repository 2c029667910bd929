import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Drops white space, the no-break space included. */
export const removeWhitespace: Transformation = {
  name: 'removewhitespace',
  triggers: FEATURE.space | FEATURE.lineSpace | FEATURE.noBreakSpace,
  apply: (text) => text.replace(/[\t-\r \xa0]+/g, ''),
};
