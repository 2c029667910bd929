import type { Transformation } from './transformation.js';

/** Base64 with bytes that are not of its alphabet left out. */
export const base64DecodeExt: Transformation = {
  name: 'base64decodeext',
  triggers: null,
  apply: (text) => Buffer.from(text.replace(/[^A-Za-z0-9+/]/g, ''), 'base64').toString('latin1'),
};
