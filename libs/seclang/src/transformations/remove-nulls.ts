import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Drops NUL bytes. */
export const removeNulls: Transformation = {
  name: 'removenulls',
  triggers: FEATURE.nul,
  yields: (kinds) => kinds & ~FEATURE.nul,
  apply: (text) => text.replaceAll('\0', ''),
};
