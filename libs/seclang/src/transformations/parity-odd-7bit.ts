import { isOddParity, mapBytes } from './parity.js';
import { transformation } from './transformation.js';

/** Sets the high bit of each byte so that the number of ones is odd. */
export const parityOdd7bit = transformation({
  name: 'parityodd7bit',
  triggers: null,
  apply: (text) => mapBytes(text, (byte) => (isOddParity(byte) ? byte & 0x7f : byte | 0x80)),
});
