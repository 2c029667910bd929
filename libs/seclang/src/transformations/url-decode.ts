import { formDecoder } from '../body/form-decoder.js';
import { ALL_FEATURES, FEATURE } from './byte-features.js';
import { transformation } from './transformation.js';

/** Without a percent sign only pluses change. */
export function urlDecodeYields(kinds: number): number {
  return (kinds & FEATURE.percent) === 0 ? (kinds & ~FEATURE.plus) | FEATURE.space : ALL_FEATURES;
}

/** Percent-decoding; `+` is a space; an escape without two hexadecimal digits stays. */
export const urlDecode = transformation({
  name: 'urldecode',
  triggers: FEATURE.percent | FEATURE.plus,
  stretches: 'text',
  yields: urlDecodeYields,
  reveals: (literal, kinds) => (kinds & FEATURE.percent) !== 0 || (literal.kinds & FEATURE.space) !== 0,
  apply: (text) => formDecoder.decode(text),
});
