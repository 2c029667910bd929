import type { Transformation } from './transformation.js';

/** Each byte as two lower-case hexadecimal digits. */
export const hexEncode: Transformation = {
  name: 'hexencode',
  triggers: null,
  apply: (text) => Buffer.from(text, 'latin1').toString('hex'),
};
