import { createHash } from 'node:crypto';
import { transformation } from './transformation.js';

/** The SHA-1 digest as 20 raw bytes; usually followed by hexEncode. */
export const sha1 = transformation({
  name: 'sha1',
  triggers: null,
  apply: (text) => createHash('sha1').update(text, 'latin1').digest().toString('latin1'),
});
