import { decodeBase64, holdsBase64, NOTHING_PASSES, SPACE_PASSES } from './base64.js';
import { transformation } from './transformation.js';

/** Base64 up to the first byte that isn't of its alphabet. */
export const base64Decode = transformation({
  name: 'base64decode',
  triggers: null,
  mayHold: (text, count, beyondSpace) => holdsBase64(text, count, beyondSpace ? SPACE_PASSES : NOTHING_PASSES),
  apply: (text) => decodeBase64(text, false),
});
