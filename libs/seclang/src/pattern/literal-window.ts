import { rarityOf } from './literal-rarity.js';

/** Bytes of a literal that are looked for: more filters little better, and costs states of the automaton. */
const WINDOW = 6;
/** Tags that every page has: nothing is told by them in what origins answer. */
const FRAME_OF_PAGES = /<\/?(?:html|head|title|body)\b>?/g;
/** Stands for a byte of such a tag, which tells least of all. */
const TELLS_NOTHING = 'e';

/** In literals with entities: their names say enough. Marks may come of other entities, so that a form had to be made to look for them. */
const ENTITY_NAME = /&(?<name>[a-z]{4,})/;

/**
 * The part of a literal that is looked for: of a long one the stretch that says most, and the last of several that say the same.
 */
export function windowOf(text: string): string {
  const literal = ENTITY_NAME.exec(text)?.groups?.['name'] ?? text;
  if (literal.length <= WINDOW) return literal;
  const told = literal.replace(FRAME_OF_PAGES, (tag) => TELLS_NOTHING.repeat(tag.length));
  let best = literal.length - WINDOW;
  let most = rarityOf(told.slice(best));
  for (let start = best - 1; start >= 0; start--) {
    const worth = rarityOf(told.slice(start, start + WINDOW));
    if (worth > most) {
      best = start;
      most = worth;
    }
  }
  return literal.slice(best, best + WINDOW);
}
