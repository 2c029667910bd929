import { detectSqlInjection, separates } from '../detect/index.js';
import { FEATURE, featuresOfBytes } from '../transformations/byte-features.js';
import type { Operator } from './operator.js';

/** The value would change an SQL statement; the fingerprint is captured as group 0. */
export const detectSqli: Operator = {
  name: 'detectsqli',
  argument: 'optional',
  captures: true,
  // One token alone is harmless.
  features: () => featuresOfBytes(separates) | FEATURE.dash,
  compile: () => ({
    test(text, captures) {
      const { matched, fingerprint } = detectSqlInjection(text);
      if (matched) captures?.push(fingerprint);
      return matched;
    },
  }),
};
