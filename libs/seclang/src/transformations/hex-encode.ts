import { transformation } from './transformation.js';

/** Each byte as two lower-case hexadecimal digits. */
export const hexEncode = transformation({
  name: 'hexencode',
  triggers: null,
  apply: (text) => Buffer.from(text, 'latin1').toString('hex'),
});
