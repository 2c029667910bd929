import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Drops NUL bytes. */
export const removeNulls = transformation({
  name: 'removenulls',
  triggers: FEATURE.nul,
  yields: (kinds) => kinds & ~FEATURE.nul,
  apply: (text) => text.replaceAll('\0', ''),
});
