import { describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { translatePattern } from '../pattern/translate-pattern.js';
import { patternText, plainPattern, richPattern } from '../testing/arbitrary-pattern.js';
import { ReferenceMatcher } from '../testing/reference-matcher.js';
import { GuardedMatcher } from './guarded-matcher.js';
import { SubsetConstruction } from './subset-construction.js';

function matcherOf(pcre: string): GuardedMatcher {
  return new GuardedMatcher(translatePattern(pcre, { capturing: true }).record);
}

/** Letters a and b without a period. */
function randomLetters(length: number): string {
  let seed = 7;
  return Array.from({ length }, () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) & 0x10000 ? 'a' : 'b')).join('');
}

describe('a guarded matcher', () => {
  it.each([
    ['plain patterns', plainPattern],
    ['look-around, possessive repetitions and atomic groups', richPattern],
  ])('agrees with the backtracking matcher of the JavaScript engine: %s', (_title, pattern) => {
    fc.assert(
      fc.property(pattern, fc.array(patternText, { minLength: 1, maxLength: 8 }), (pcre, texts) => {
        const { record } = translatePattern(pcre, { capturing: true });
        const reference = new ReferenceMatcher(record);
        const matcher = new GuardedMatcher(record);
        for (const text of texts) {
          // Which of several matches at one place is taken can differ where a group repeats the empty text: PCRE's way, not JavaScript's.
          const expected = reference.test(text);
          if (matcher.test(text) !== expected || (matcher.capture(text) !== null) !== expected) {
            throw new Error(`${pcre} on ${JSON.stringify(text)}: expected ${String(expected)}`);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['(a+?)(a*)(b)?', 'xaaa', ['aaa', 'a', 'aa', undefined]],
    ['(a|ab)(c|bcd)(d*)', 'abcd', ['abcd', 'a', 'bcd', '']],
    [String.raw`\b(\w+)\b[^;]*;(?:(x)|(y))`, 'if one; two;y', ['two;y', 'two', undefined, 'y']],
    ['(a.*z|b)(q?)', 'xabqz', ['abqz', 'abqz', '']],
    ['x*(a.*?z|b)', 'xxbaz', ['xxb', 'b']],
  ])('captures groups in order of preference, in a long text too: %s', (pcre, text, expected) => {
    const matcher = matcherOf(pcre);
    expect(matcher.capture(text)).toEqual(expected);
    const padding = '!'.repeat(5000);
    const inLongText = matcher.capture(padding + text + padding);
    // What runs to the end of the text is longer there.
    expect(inLongText?.map((group) => group?.replace(/!+$/, ''))).toEqual(expected);
  });

  it('takes the leftmost match, also where one that begins later ends first', () => {
    const text = `${'-'.repeat(3000)}a1${'-'.repeat(3000)}b2${'-'.repeat(3000)}c`;
    expect(matcherOf('a[^c]*c|b[^c]?').capture(text)?.[0]).toHaveLength(6005);
    expect(matcherOf('a[^c]*d|b[^c]?').capture(text)?.[0]).toBe('b2');
  });

  it('gives no more than the nine groups that rules can refer to', () => {
    expect(matcherOf('(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)').capture('abcdefghijk')).toHaveLength(10);
  });

  it.each([
    ['a+b', 'automaton'],
    ['a++b(?>c)', 'automaton with look-around'],
    ['(?<!a|bc)x(?=y)', 'automaton with look-around'],
    [String.raw`(a)\1`, 'bounded backtracking'],
    ['(?>a|ab)c', 'bounded backtracking'],
    ['(?=(a))a', 'bounded backtracking'],
  ])('%s is decided by: %s', (pcre, expected) => {
    expect(matcherOf(pcre).patternClass).toBe(expected);
  });

  it('finds the first valid of several matches', () => {
    const seen: string[] = [];
    const isValid = (candidate: string): boolean => seen.push(candidate) === 3;
    expect(matcherOf(String.raw`\d{2}`).findValid('12345-6789', isValid)).toBe('67');
    expect(seen).toEqual(['12', '34', '67']);
    expect(matcherOf(String.raw`(\d)\1`).findValid('1233455', (candidate) => candidate === '55')).toBe('55');
    expect(matcherOf('x').findValid('abc', () => true)).toBeNull();
  });
});

describe('no text stalls a guarded matcher', () => {
  it('decides in time that grows with the text, where backtracking would not end', () => {
    const matcher = matcherOf(String.raw`^(?:[^']*?(?:'[^']*?'[^']*?)*?'|(?:\s*a*)*)\s*!$`);
    expect(matcher.test("' a".repeat(30_000))).toBe(false);
    expect(matcher.test(`${"' a".repeat(30_000)}'!`)).toBe(true);
  });

  it('needs a state once, not once for each byte', () => {
    const step = jest.spyOn(SubsetConstruction.prototype, 'step');
    try {
      const matcher = matcherOf(String.raw`(?i)\bunion\b.{0,20}\bselect\b[^;]*\bfrom\b`);
      matcher.test('union x select y '.repeat(6000));
      const cold = step.mock.calls.length;
      matcher.test('union x select y '.repeat(12_000));
      expect(cold).toBeLessThan(2000);
      expect(step.mock.calls.length - cold).toBe(0);
    } finally {
      step.mockRestore();
    }
  });

  it('decides on texts that need ever new states, in bounded memory', () => {
    const matcher = matcherOf('[ab]*a[ab]{16}c');
    const text = randomLetters(60_000);
    expect(matcher.test(text)).toBe(false);
    expect(matcher.test(`${text}a${'b'.repeat(16)}c`)).toBe(true);
    expect(matcher.capture(`${text}a${'b'.repeat(16)}c`)?.[0]).toHaveLength(60_018);
  });

  it('counts a text as matching when backtracking would go too far, and says so with the whole text', () => {
    const exceeded = `${'a'.repeat(5001)}b!`;
    const matcher = matcherOf(String.raw`((?:a+)+)b?\1x?!`);
    expect(matcher.test(exceeded)).toBe(true);
    expect(matcher.capture(exceeded)).toEqual([exceeded]);
  });

  it('backtracks only from where a match may begin, so that long texts without one are told apart', () => {
    const matcher = matcherOf(String.raw`[\s'"]*?\b(\w+)\b[\s'"]*?=[\s'"]*?\b\1\b`);
    const harmless = '<a b="c">'.repeat(12_000);
    expect(matcher.test(harmless)).toBe(false);
    expect(matcher.capture(`${harmless} '1' = 1`)).toEqual([` '1' = 1`, '1']);
  });

  it('keeps what groups may capture where a reference asks for it', () => {
    const matcher = matcherOf(String.raw`(\w+)-\1$`);
    expect(matcher.test('xab-ab')).toBe(true);
    expect(matcher.capture('xab-ab')).toEqual(['ab-ab', 'ab']);
    expect(matcher.test('ab-ac')).toBe(false);
  });
});
