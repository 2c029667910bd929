/** Bytes of a literal that are looked for: more filters little better, and costs states of the automaton. */
const WINDOW = 8;

/**
 * The part of a literal that is looked for: of a long one the stretch that says most, and the last of several that say the same. Marks of
 * markup and paths say little, as every page has them.
 */
export function windowOf(literal: string): string {
  if (literal.length <= WINDOW) return literal;
  let best = literal.length - WINDOW;
  let most = worthAt(literal, best);
  for (let start = best - 1; start >= 0; start--) {
    const worth = worthAt(literal, start);
    if (worth > most) {
      best = start;
      most = worth;
    }
  }
  return literal.slice(best, best + WINDOW);
}

function worthAt(literal: string, start: number): number {
  let worth = 0;
  for (let at = start; at < start + WINDOW; at++) worth += '<>/= ."\''.includes(literal[at]!) ? 0 : 1;
  return worth;
}
