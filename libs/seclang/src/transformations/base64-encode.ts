import { transformation } from './transformation.js';

/** Base64 with padding. */
export const base64Encode = transformation({
  name: 'base64encode',
  triggers: null,
  apply: (text) => Buffer.from(text, 'latin1').toString('base64'),
});
