import { ByteSet } from './byte-set.js';
import type { PatternNode } from './pattern-node.js';

const EMPTY: PatternNode = { kind: 'concat', items: [] };

/**
 * Drops what a search that asks only *whether* a pattern matches has no need of: where it begins with repetitions, their least count is
 * enough (`\s*x` is found wherever `x` is).
 */
export function withoutLooseStart(node: PatternNode): PatternNode {
  return trimmed(node, 'start');
}

/** A pattern without the repetitions of single bytes that it begins with, and which bytes these are. */
interface LooseRun {
  readonly rest: PatternNode;
  readonly bytes: ByteSet;
}

/** The same for a pattern with references: groups keep all that they might capture. */
export function withoutLooseRun(node: PatternNode): LooseRun {
  const bytes = new ByteSet();
  if (node.kind !== 'concat') return { rest: node, bytes };
  let first = 0;
  for (const item of node.items) {
    if (item.kind !== 'repeat' || item.min !== 0 || item.item.kind !== 'bytes' || item.mode === 'possessive') break;
    bytes.addAll(item.item.set);
    first++;
  }
  return { rest: { kind: 'concat', items: node.items.slice(first) }, bytes };
}

/** The same at the end: `x.*` is found as soon as `x` is. */
export function withoutLooseEnd(node: PatternNode): PatternNode {
  return trimmed(node, 'end');
}

function trimmed(node: PatternNode, side: 'start' | 'end'): PatternNode {
  switch (node.kind) {
    case 'repeat':
      return trimmedRepeat(node, side);
    case 'group':
      return { ...node, item: trimmed(node.item, side) };
    case 'alternate':
      return { kind: 'alternate', options: node.options.map((option) => trimmed(option, side)) };
    case 'concat': {
      const items = [...node.items];
      while (items.length > 0) {
        const at = side === 'start' ? 0 : items.length - 1;
        const item = trimmed(items[at]!, side);
        if (item.kind !== 'concat' || item.items.length > 0) {
          items[at] = item;
          break;
        }
        items.splice(at, 1);
      }
      return { kind: 'concat', items };
    }
    case 'bytes':
    case 'atomic':
    case 'assert':
    case 'look':
    case 'backreference':
      return node;
    default:
      return node satisfies never;
  }
}

function trimmedRepeat(node: Extract<PatternNode, { kind: 'repeat' }>, side: 'start' | 'end'): PatternNode {
  if (node.mode === 'possessive') return node;
  if (node.min === 0) return EMPTY;
  if (node.min === 1) return trimmed(node.item, side);
  return { ...node, max: node.min };
}
