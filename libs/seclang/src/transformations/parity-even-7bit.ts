import { isOddParity, mapBytes } from './parity.js';
import { transformation } from './transformation.js';

/** Sets the high bit of each byte so that the number of ones is even. */
export const parityEven7bit = transformation({
  name: 'parityeven7bit',
  triggers: null,
  apply: (text) => mapBytes(text, (byte) => (isOddParity(byte) ? byte | 0x80 : byte & 0x7f)),
});
