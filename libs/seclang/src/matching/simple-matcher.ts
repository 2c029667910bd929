import type { PatternRecord } from '../model/pattern-record.js';
import type { PatternMatcher } from './pattern-matcher.js';

const LITERAL = /^(\(\?i\))?(\^?)([A-Za-z0-9_-]+)(\$?)$/;

/** A matcher for a pattern that is little more than a word, or that takes any text; null for all others. Such patterns pick members by name. */
export function simpleMatcher({ pcre, ignoreCase }: PatternRecord): PatternMatcher | null {
  if (pcre === '^.*$' || pcre === '.*') return whole(() => true);
  if (pcre === '^$') return whole((text) => text === '');
  const found = LITERAL.exec(pcre);
  // The end of a text is also before its last newline, and case needs folding: both are left to the general way.
  if (found === null || found[1] !== undefined || ignoreCase || found[4] === '$') return null;
  return literal(found[3]!, found[2] === '^');
}

function whole(isMatch: (text: string) => boolean): PatternMatcher {
  return { test: isMatch, capture: (text) => (isMatch(text) ? [text] : null) };
}

function literal(word: string, isAtStart: boolean): PatternMatcher {
  const test = isAtStart ? (text: string) => text.startsWith(word) : (text: string) => text.includes(word);
  return { test, capture: (text) => (test(text) ? [word] : null) };
}
