import { ALL_PASSES, decodeBase64, holdsBase64 } from './base64.js';
import { transformation } from './transformation.js';

/** Base64 with bytes that are not of its alphabet left out. */
export const base64DecodeExt = transformation({
  name: 'base64decodeext',
  triggers: null,
  mayHold: (text, count) => holdsBase64(text, count, ALL_PASSES),
  apply: (text) => decodeBase64(text, true),
});
