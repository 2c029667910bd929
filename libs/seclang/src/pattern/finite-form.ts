import { ByteSet } from './byte-set.js';
import type { PatternNode } from './pattern-node.js';

const EMPTY: PatternNode = { kind: 'concat', items: [] };

/** `\Z`: the end, or a last newline before it. */
const END_OR_NEWLINE: PatternNode = {
  kind: 'alternate',
  options: [
    { kind: 'assert', what: 'end' },
    { kind: 'look', behind: false, negative: false, item: lastNewline() },
  ],
};

/**
 * Writes a pattern without what a finite machine lacks, where another form means the same: possessive repetitions of one byte become
 * greedy ones behind which no such byte may stand, atomic groups that can match in one way only become plain ones. Null where no such
 * form is known: references, other atomic groups, captures inside look-around.
 */
export function finiteForm(node: PatternNode): PatternNode | null {
  switch (node.kind) {
    case 'bytes':
      return node;
    case 'assert':
      return node.what === 'end-or-newline' ? END_OR_NEWLINE : node;
    case 'concat': {
      const items = allFinite(node.items);
      return items === null ? null : { kind: 'concat', items };
    }
    case 'alternate': {
      const options = allFinite(node.options);
      return options === null ? null : { kind: 'alternate', options };
    }
    case 'repeat':
      return finiteRepeat(node);
    case 'group': {
      const item = finiteForm(node.item);
      return item === null ? null : { ...node, item };
    }
    case 'atomic':
      return hasOneWay(node.item) ? finiteForm(node.item) : null;
    case 'look': {
      const item = holdsGroup(node.item) ? null : finiteForm(node.item);
      return item === null ? null : { ...node, item };
    }
    case 'backreference':
      return null;
    default:
      return node satisfies never;
  }
}

/**
 * A pattern that matches wherever the given one does, and perhaps elsewhere: references stand for any text, atomic groups and possessive
 * repetitions give back, and look-around that has no finite form is left out.
 */
export function relaxedForm(node: PatternNode): PatternNode {
  switch (node.kind) {
    case 'bytes':
      return node;
    case 'assert':
      return node.what === 'end-or-newline' ? END_OR_NEWLINE : node;
    case 'concat':
      return { kind: 'concat', items: node.items.map(relaxedForm) };
    case 'alternate':
      return { kind: 'alternate', options: node.options.map(relaxedForm) };
    case 'repeat':
      return { ...node, item: relaxedForm(node.item), mode: node.mode === 'possessive' ? 'greedy' : node.mode };
    case 'group':
    case 'atomic':
      return relaxedForm(node.item);
    case 'look':
      return finiteForm(node) ?? EMPTY;
    case 'backreference':
      return { kind: 'repeat', item: { kind: 'bytes', set: ByteSet.all() }, min: 0, max: Infinity, mode: 'greedy' };
    default:
      return node satisfies never;
  }
}

function allFinite(nodes: readonly PatternNode[]): PatternNode[] | null {
  const forms: PatternNode[] = [];
  for (const node of nodes) {
    const form = finiteForm(node);
    if (form === null) return null;
    forms.push(form);
  }
  return forms;
}

function finiteRepeat(node: Extract<PatternNode, { kind: 'repeat' }>): PatternNode | null {
  const item = finiteForm(node.item);
  if (item === null) return null;
  if (node.mode !== 'possessive') return { ...node, item };
  if (node.min === node.max && hasOneWay(item)) return { ...node, item, mode: 'greedy' };
  if (item.kind !== 'bytes') return null;
  // It stops where no such byte follows, or at its upper bound.
  const noMore: PatternNode = { kind: 'look', behind: false, negative: true, item };
  if (node.max === Infinity) return { kind: 'concat', items: [{ ...node, item, mode: 'greedy' }, noMore] };
  const full: PatternNode = { kind: 'repeat', item, min: node.max, max: node.max, mode: 'greedy' };
  const partial: PatternNode = { kind: 'repeat', item, min: node.min, max: node.max - 1, mode: 'greedy' };
  return { kind: 'alternate', options: [full, { kind: 'concat', items: [partial, noMore] }] };
}

/** Whether a pattern can match at a place in one way at most, so that there is nothing to give back. */
function hasOneWay(node: PatternNode): boolean {
  switch (node.kind) {
    case 'bytes':
    case 'assert':
    case 'look':
    case 'backreference':
      return true;
    case 'concat':
      return node.items.every(hasOneWay);
    case 'alternate':
      return false;
    case 'repeat':
      return node.min === node.max && hasOneWay(node.item);
    case 'group':
    case 'atomic':
      return hasOneWay(node.item);
    default:
      return node satisfies never;
  }
}

function holdsGroup(node: PatternNode): boolean {
  if (node.kind === 'group') return true;
  if (node.kind === 'concat') return node.items.some(holdsGroup);
  if (node.kind === 'alternate') return node.options.some(holdsGroup);
  return 'item' in node && holdsGroup(node.item);
}

function lastNewline(): PatternNode {
  return {
    kind: 'concat',
    items: [
      { kind: 'bytes', set: ByteSet.of(0x0a) },
      { kind: 'assert', what: 'end' },
    ],
  };
}
