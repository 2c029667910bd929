import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** NUL bytes become spaces. */
export const replaceNulls: Transformation = { name: 'replacenulls', triggers: FEATURE.nul, apply: (text) => text.replaceAll('\0', ' ') };
