import type { PatternRecord } from '../model/pattern-record.js';
import type { PatternMatcher } from './pattern-matcher.js';

/** A word, perhaps at the start of the text. */
const WORD = /^(\^?)([A-Za-z0-9_-]+)$/;
/** A word whose last letter may be left out, or come again. */
const OPEN_WORD = /^\^?[A-Za-z0-9_-]+[A-Za-z0-9_-]\*$/;

/** A matcher for a pattern that is no more than a word, or that takes any text; null for all others. */
export function simpleMatcher({ pcre, ignoreCase }: PatternRecord): PatternMatcher | null {
  if (pcre === '^.*$' || pcre === '.*') return { test: () => true, capture: (text) => [text] };
  if (pcre === '^$') return { test: (text) => text === '', capture: (text) => (text === '' ? [''] : null) };
  const found = WORD.exec(pcre);
  return found === null ? null : wordMatcher(found[2]!, found[1] === '^', ignoreCase);
}

/** The same for patterns that only pick members by their names: also `WORD_*`, as rules write it for names that begin so. */
export function memberTest(record: PatternRecord): ((name: string) => boolean) | null {
  const isOpen = OPEN_WORD.test(record.pcre);
  const matcher = simpleMatcher(isOpen ? { ...record, pcre: record.pcre.slice(0, -2) } : record);
  return matcher === null ? null : (name) => matcher.test(name);
}

function wordMatcher(word: string, isAtStart: boolean, ignoreCase: boolean): PatternMatcher {
  const wanted = ignoreCase ? word.toLowerCase() : word;
  const find = (text: string): number => {
    const seen = ignoreCase ? text.toLowerCase() : text;
    return isAtStart ? (seen.startsWith(wanted) ? 0 : -1) : seen.indexOf(wanted);
  };
  return {
    test: (text) => find(text) >= 0,
    capture(text) {
      const at = find(text);
      return at < 0 ? null : [text.slice(at, at + word.length)];
    },
  };
}
