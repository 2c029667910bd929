import { FEATURE } from './byte-features.js';
import { normalisedPath, revealsPath } from './normalise-path.js';
import { transformation } from './transformation.js';

/** Like normalisePath, with backslashes taken as slashes. */
export const normalisePathWin = transformation({
  name: 'normalisepathwin',
  triggers: FEATURE.slash | FEATURE.dot | FEATURE.backslash,
  yields: (kinds) => ((kinds & FEATURE.backslash) === 0 ? kinds : (kinds & ~FEATURE.backslash) | FEATURE.slash),
  reveals: (literal, kinds) => revealsPath(literal, kinds, FEATURE.slash | FEATURE.backslash),
  apply: (text) => normalisedPath(text, 0x5c),
});
