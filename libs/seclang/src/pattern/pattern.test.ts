import { describe, expect, it } from '@jest/globals';
import { GuardedMatcher } from '../matching/guarded-matcher.js';
import { ReferenceMatcher } from '../testing/reference-matcher.js';
import { translatePattern } from './translate-pattern.js';

describe('translated patterns mean what they mean in PCRE over bytes', () => {
  it.each([
    ['white space is ASCII only', String.raw`\s`, '\xa0', null],
    ['vertical tab is white space', String.raw`\s`, '\v', ['\v']],
    ['\\x{hh} is a byte', String.raw`\x{41}`, 'A', ['A']],
    ['a dot matches newlines', 'a.b', 'a\nb', ['a\nb']],
    ['the end is the very end', 'a$', 'a\n', null],
    ['\\z is the very end', String.raw`a\z`, 'a', ['a']],
    ['case is ignored for ASCII only', '(?i)\xe9', '\xc9', null],
    ['leading flags hold to the end', '(?i)ab', 'AB', ['AB']],
    ['scoped flags hold in their group', 'a(?i:b)c', 'aBc', ['aBc']],
    ['scoped flags end with their group', 'a(?i:b)c', 'aBC', null],
    ['flags set in a group end with it', '(?:(?i)a)b', 'AB', null],
    ['possessive quantifiers give nothing back', 'a++ab', 'aaab', null],
    ['atomic groups give nothing back', '(?>a|ab)c', 'abc', null],
    ['captures keep their PCRE numbers beside atomic groups', '(?>x)(a)(b)', 'xab', ['xab', 'a', 'b']],
    ['references mean their group', String.raw`(a)(?>b)\1`, 'aba', ['aba', 'a']],
    ['POSIX classes', '[[:digit:]]+', 'a12', ['12']],
    ['a closing bracket first is itself', '[]a]+', ']a', [']a']],
    ['quoted runs', String.raw`\Qa.b\E`, 'a.b', ['a.b']],
    ['\\Z stands before a last newline too', String.raw`a\Z`, 'a\n', ['a']],
    ['\\Z is not before other newlines', String.raw`a\Z`, 'a\n\n', null],
    ['possessive runs within bounds', 'a{1,2}+ab', 'aaab', ['aaab']],
    ['references ignore case where the pattern does', String.raw`(?i)(ab)-\1`, 'aB-Ab', ['aB-Ab', 'aB']],
    ['look-behind in front of an alternative', '(?<!x)(?:a|b)c', 'xacbc', ['bc']],
    ['nested look-around', '(?=a(?!b))ac', 'abac', ['ac']],
    ['a brace that is no quantifier is itself', 'a{x', 'a{x', ['a{x']],
    ['look-ahead', 'a(?!b)', 'abac', ['a']],
    ['look-behind', '(?<=a)b', 'bab', ['b']],
    ['octal', String.raw`\101\0`, 'A\0', ['A\0']],
    ['multi-line anchors where asked', '(?m)^b$', 'a\nb\nc', ['b']],
    ['comments and white space under x', '(?x) a b # c', 'ab', ['ab']],
  ])('%s', (_title, pcre, text, expected) => {
    const { record } = translatePattern(pcre, { capturing: true });
    for (const matcher of [new ReferenceMatcher(record), new GuardedMatcher(record)]) {
      const found = matcher.capture(text);
      expect(found === null ? null : [...found]).toEqual(expected);
      expect(matcher.test(text)).toBe(expected !== null);
    }
  });
});

describe('a pattern that would fill the memory', () => {
  it.each(['((a{1,1000}){1,1000}){1,1000}', '(?:a|b){60000}', String.raw`(x)(?:\1{1,300}){300}`])(
    'is refused when it is loaded: %s',
    (pcre) => {
      expect(() => translatePattern(pcre, { capturing: false })).toThrow(/too large/);
    },
  );

  it('does not concern repetitions of some thousands', () => {
    expect(() => translatePattern('[a-z]{20,4000}', { capturing: false })).not.toThrow();
  });
});
