import { FEATURE } from './byte-features.js';
import { normalisedPath } from './normalise-path.js';
import type { Transformation } from './transformation.js';

/** Like normalisePath, with backslashes taken as slashes. */
export const normalisePathWin: Transformation = {
  name: 'normalisepathwin',
  triggers: FEATURE.slash | FEATURE.dot | FEATURE.backslash,
  apply: (text) => normalisedPath(text, 0x5c),
};
