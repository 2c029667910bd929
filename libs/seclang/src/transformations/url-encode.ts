import { transformation } from './transformation.js';

/** Percent-encoding of all but letters, digits and `*`; a space becomes `+`. */
export const urlEncode = transformation({
  name: 'urlencode',
  triggers: null,
  apply: (text) => text.replace(/[^A-Za-z0-9*]/g, (char) => (char === ' ' ? '+' : `%${char.charCodeAt(0).toString(16).padStart(2, '0')}`)),
});
