import { decodeBase64, holdsBase64 } from './base64.js';
import type { Transformation } from './transformation.js';

/** Base64 up to the first byte that isn't of its alphabet. */
export const base64Decode: Transformation = {
  name: 'base64decode',
  triggers: null,
  mayHold: (text, count) => holdsBase64(text, count, false),
  apply: (text) => decodeBase64(text, false),
};
