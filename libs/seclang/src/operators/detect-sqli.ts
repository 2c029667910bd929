import { detectSqlInjection } from '../detect/index.js';
import type { Operator } from './operator.js';

/** The value would change an SQL statement; the fingerprint is captured as group 0. */
export const detectSqli: Operator = {
  name: 'detectsqli',
  argument: 'optional',
  compile: () => ({
    test(text, captures) {
      const { matched, fingerprint } = detectSqlInjection(text);
      if (matched) captures?.push(fingerprint);
      return matched;
    },
  }),
};
