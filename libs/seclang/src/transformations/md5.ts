import { createHash } from 'node:crypto';
import { transformation } from './transformation.js';

/** The MD5 digest as 16 raw bytes; usually followed by hexEncode. */
export const md5 = transformation({
  name: 'md5',
  triggers: null,
  apply: (text) => createHash('md5').update(text, 'latin1').digest().toString('latin1'),
});
