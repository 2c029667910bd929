import { FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** SQL hexadecimal literals (`0x414243`) to the bytes they mean. */
export const sqlHexDecode = transformation({
  name: 'sqlhexdecode',
  triggers: FEATURE.digit,
  apply: (text) => text.replace(/0[xX]((?:[0-9a-fA-F]{2})+)/g, (_literal, digits: string) => Buffer.from(digits, 'hex').toString('latin1')),
});
