import type { Transformation } from './transformation.js';

/** Base64 with padding. */
export const base64Encode: Transformation = {
  name: 'base64encode',
  triggers: null,
  apply: (text) => Buffer.from(text, 'latin1').toString('base64'),
};
