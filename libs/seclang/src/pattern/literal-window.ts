import { rarityOf } from './literal-rarity.js';

/** Bytes of a literal that are looked for: more filters little better, and costs states of the automaton. */
const WINDOW = 6;

/**
 * The part of a literal that is looked for: of a long one the stretch that says most, and the last of several that say the same.
 */
export function windowOf(literal: string): string {
  if (literal.length <= WINDOW) return literal;
  let best = literal.length - WINDOW;
  let most = rarityOf(literal.slice(best));
  for (let start = best - 1; start >= 0; start--) {
    const worth = rarityOf(literal.slice(start, start + WINDOW));
    if (worth > most) {
      best = start;
      most = worth;
    }
  }
  return literal.slice(best, best + WINDOW);
}
