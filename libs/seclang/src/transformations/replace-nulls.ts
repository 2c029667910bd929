import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** NUL bytes become spaces. */
export const replaceNulls = transformation({
  name: 'replacenulls',
  triggers: FEATURE.nul,
  yields: (kinds) => (kinds & ~FEATURE.nul) | FEATURE.space,
  reveals: (literal) => (literal.kinds & FEATURE.space) !== 0,
  apply: (text) => text.replaceAll('\0', ' '),
});
