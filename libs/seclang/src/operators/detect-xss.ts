import { detectXss as detect } from '../detect/index.js';
import type { Operator } from './operator.js';

/** The value would run script in an HTML page; the value is captured as group 0. */
export const detectXss: Operator = {
  name: 'detectxss',
  argument: 'optional',
  compile: () => ({
    test(text, captures) {
      const matched = detect(text);
      if (matched) captures?.push(text);
      return matched;
    },
  }),
};
