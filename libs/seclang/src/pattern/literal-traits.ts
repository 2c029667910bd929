import { ALL_FEATURES } from '../transformations/byte-features.js';
import { windowOf } from './literal-window.js';
import { kindsOfLiteral } from './needed-kinds.js';
import type { Clause } from './required-literals.js';

/** What is known of the literals of a clause without looking for them. */
export interface LiteralTraits {
  /** The kinds of bytes (FEATURE) in what is looked for of them, letters as lower case; all kinds where one stands at a border of the text. */
  readonly kinds: number;
  /** The same without the first byte of each. */
  readonly inner: number;
  /** Each of them has a stretch of so many visible ASCII characters. */
  readonly solid: number;
  /** A byte of one of these kinds (FEATURE) does as well as a literal. */
  readonly instead: number;
  /** The literal, where there is but one, all of ASCII; otherwise ''. */
  readonly only: string;
}

export function traitsOf(clause: Clause, instead = 0): LiteralTraits {
  let kinds = 0;
  let inner = 0;
  let solid = Infinity;
  for (const literal of clause) {
    const isAtBorder = [...literal].some((char) => char.charCodeAt(0) > 255);
    const window = windowOf(literal);
    kinds |= isAtBorder ? ALL_FEATURES : kindsOfLiteral(window);
    inner |= isAtBorder ? ALL_FEATURES : kindsOfLiteral(window.slice(1));
    solid = Math.min(solid, longestVisible(literal));
  }
  const only = clause.length === 1 && /^[\0-\x7f]*$/.test(clause[0]!) ? clause[0]! : '';
  return { kinds, inner, solid: Number.isFinite(solid) && instead === 0 ? solid : 0, instead, only };
}

function longestVisible(literal: string): number {
  return literal.split(/[^\x21-\x7e]+/).reduce((longest, { length }) => Math.max(longest, length), 0);
}
