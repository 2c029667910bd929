import { RuleProblem } from '../model/rule-problem.js';

const SPACE = /[\t-\r ]/;

/**
 * Splits a directive into words. A word in double or single quotes may hold spaces; inside, a backslash before the same quote
 * is dropped and every other backslash stays (patterns are full of them).
 */
export function splitWords(text: string): string[] {
  const words: string[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && SPACE.test(text[at]!)) at++;
    if (at >= text.length) return words;
    const quote = text[at]!;
    if (quote === '"' || quote === "'") {
      const end = closingQuote(text, at + 1, quote);
      if (end < 0) throw new RuleProblem(`unterminated ${quote} quote`);
      words.push(unescapeQuote(text.slice(at + 1, end), quote));
      at = end + 1;
      if (at < text.length && !SPACE.test(text[at]!)) throw new RuleProblem(`text directly after a closing ${quote}`);
    } else {
      const start = at;
      while (at < text.length && !SPACE.test(text[at]!)) at++;
      words.push(text.slice(start, at));
    }
  }
}

/** The offset of the quote that closes a run begun before `from`, or -1. */
export function closingQuote(text: string, from: number, quote: string): number {
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at;
  }
  return -1;
}

/** Drops the backslash in front of the given quote. */
export function unescapeQuote(text: string, quote: string): string {
  return text.includes(`\\${quote}`) ? text.replaceAll(`\\${quote}`, quote) : text;
}
