import { FEATURE } from './byte-features.js';
import type { Transformation } from './transformation.js';

/** Drops the marks of comments and leaves what stands in them. */
export const removeCommentsChar: Transformation = {
  name: 'removecommentschar',
  triggers: FEATURE.star | FEATURE.dash | FEATURE.hash,
  apply: (text) => text.replace(/\/\*|\*\/|<!--|-->|--|#/g, ''),
};
