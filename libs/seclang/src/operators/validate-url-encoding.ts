import { hexByteAt } from '../transformations/bytes.js';
import type { Operator } from './operator.js';

/** The value holds a percent sign without two hexadecimal digits. */
export const validateUrlEncoding: Operator = {
  name: 'validateurlencoding',
  argument: 'optional',
  compile: () => ({
    test(text) {
      for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at + 3)) if (hexByteAt(text, at + 1) < 0) return true;
      return false;
    },
  }),
};
