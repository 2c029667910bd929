import type { Transformation } from './transformation.js';

/** Base64 up to the first byte that isn't of its alphabet. */
export const base64Decode: Transformation = {
  name: 'base64decode',
  triggers: null,
  apply: (text) => Buffer.from(/^[A-Za-z0-9+/]*/.exec(text)![0], 'base64').toString('latin1'),
};
