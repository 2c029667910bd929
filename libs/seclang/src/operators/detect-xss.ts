import { detectXss as detect } from '../detect/index.js';
import { FEATURE } from '../transformations/byte-features.js';
import type { Operator } from './operator.js';

/** The value would run script in an HTML page; the value is captured as group 0. */
export const detectXss: Operator = {
  name: 'detectxss',
  argument: 'optional',
  captures: true,
  // A tag, an attribute, a script's address, or what may become one when it is decoded.
  features: () => FEATURE.lessThan | FEATURE.equals | FEATURE.colon | FEATURE.percent,
  compile: () => ({
    test(text, captures) {
      const matched = detect(text);
      if (matched) captures?.push(text);
      return matched;
    },
  }),
};
