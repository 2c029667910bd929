import { FEATURE, FEATURE_OF } from '../transformations/byte-features.js';
import type { PatternNode } from './pattern-node.js';
import type { Clause } from './required-literals.js';

/**
 * Sets of kinds of bytes (FEATURE): a text has all kinds of one of these sets, or it doesn't match. Letters count as lower case ones.
 * The empty set says that nothing is needed.
 */
export type NeededKinds = readonly number[];

const NOTHING: NeededKinds = [0];
/** A need of so many alternatives is met by most texts. */
const MAX_SETS = 16;

/** What every match of a pattern needs. */
export function neededKinds(node: PatternNode): NeededKinds {
  switch (node.kind) {
    case 'bytes':
      return anyOf(node.set.bytes().map(kindsOfByte));
    case 'concat':
      return node.items.map(neededKinds).reduce(both, NOTHING);
    case 'alternate':
      return anyOf(node.options.flatMap(neededKinds));
    case 'group':
    case 'atomic':
      return neededKinds(node.item);
    case 'repeat':
      return node.min === 0 ? NOTHING : neededKinds(node.item);
    case 'assert':
    case 'look':
    case 'backreference':
      return NOTHING;
    default:
      return node satisfies never;
  }
}

/** What a text needs in which each of these clauses has a literal. */
export function neededByClauses(clauses: readonly Clause[]): NeededKinds {
  return clauses.map((clause) => anyOf(clause.map(kindsOfLiteral))).reduce(both, NOTHING);
}

/** The kinds of a literal's bytes; the borders of the text are none. */
export function kindsOfLiteral(literal: string): number {
  let kinds = 0;
  for (let at = 0; at < literal.length; at++) if (literal.charCodeAt(at) < 256) kinds |= kindsOfByte(literal.charCodeAt(at));
  return kinds;
}

function kindsOfByte(byte: number): number {
  const kinds = FEATURE_OF[byte]!;
  return kinds === FEATURE.upper ? FEATURE.lower : kinds;
}

/** Too many ways to say both leave the better one of the two. */
function both(one: NeededKinds, other: NeededKinds): NeededKinds {
  const sets = withoutCovered(one.flatMap((left) => other.map((right) => left | right)));
  if (sets.length <= MAX_SETS) return sets;
  return one.length <= other.length ? one : other;
}

function anyOf(sets: readonly number[]): NeededKinds {
  const least = withoutCovered(sets);
  return least.length <= MAX_SETS ? least : [least.reduce((common, kinds) => common & kinds)];
}

/** Drops sets that another one is part of. */
function withoutCovered(sets: readonly number[]): NeededKinds {
  const different = [...new Set(sets)];
  return different.filter((kinds) => !different.some((part) => part !== kinds && (part & kinds) === part));
}
