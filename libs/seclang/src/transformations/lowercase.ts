import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** ASCII letters to lower case; other bytes stay (JavaScript's own lower-casing would change É, and never gives a longer text here). */
export const lowercase: Transformation = { name: 'lowercase', triggers: FEATURE.upper, apply: toLowerAscii };

const HIGH_UPPER = /[\xc0-\xde]/;

/** Lower-cases A-Z only. */
export function toLowerAscii(text: string): string {
  return HIGH_UPPER.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text.toLowerCase();
}
