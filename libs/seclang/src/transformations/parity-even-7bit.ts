import { isOddParity, mapBytes } from './parity.js';
import type { Transformation } from './transformation.js';

/** Sets the high bit of each byte so that the number of ones is even. */
export const parityEven7bit: Transformation = {
  name: 'parityeven7bit',
  triggers: null,
  apply: (text) => mapBytes(text, (byte) => (isOddParity(byte) ? byte | 0x80 : byte & 0x7f)),
};
