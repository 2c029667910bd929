import { transformation } from './transformation.js';

/** The number of bytes, in decimal. */
export const length = transformation({ name: 'length', triggers: null, apply: (text) => String(text.length) });
