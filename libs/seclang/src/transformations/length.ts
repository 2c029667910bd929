import type { Transformation } from './transformation.js';

/** The number of bytes, in decimal. */
export const length: Transformation = { name: 'length', triggers: null, apply: (text) => String(text.length) };
