import type { PatternNode } from './pattern-node.js';

/** Larger patterns are refused when a pack is loaded; the largest of the Core Rule Set has a sixth of this. */
export const MAX_PATTERN_SIZE = 50_000;

/** How many instructions a machine for a pattern has, counted repetitions written out; Infinity where that is past all bounds. */
export function sizeOfPattern(node: PatternNode): number {
  switch (node.kind) {
    case 'bytes':
    case 'assert':
    case 'backreference':
      return 1;
    case 'concat':
      return node.items.reduce((sum, item) => sum + sizeOfPattern(item), 0);
    case 'alternate':
      return node.options.reduce((sum, option) => sum + sizeOfPattern(option) + 2, 0);
    case 'group':
    case 'atomic':
    case 'look':
      return sizeOfPattern(node.item) + 2;
    case 'repeat': {
      const once = sizeOfPattern(node.item) + 1;
      return node.max === Infinity ? once * (node.min + 1) + 1 : once * node.max;
    }
    default:
      return node satisfies never;
  }
}
