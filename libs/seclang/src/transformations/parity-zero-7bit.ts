import { FEATURE } from './byte-features.js';
import { mapBytes } from './parity.js';
import { transformation } from './transformation.js';

/** Clears the high bit of each byte. */
export const parityZero7bit = transformation({
  name: 'parityzero7bit',
  triggers: FEATURE.high,
  apply: (text) => mapBytes(text, (byte) => byte & 0x7f),
});
