import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Each run of white space (the no-break space included) becomes one space. */
export const compressWhitespace: Transformation = {
  name: 'compresswhitespace',
  triggers: FEATURE.space | FEATURE.lineSpace | FEATURE.noBreakSpace,
  apply: (text) => text.replace(/[\t-\r\xa0]+[\t-\r \xa0]*| [\t-\r \xa0]+/g, ' '),
};
