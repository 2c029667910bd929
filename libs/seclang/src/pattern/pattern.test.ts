import { describe, expect, it } from '@jest/globals';
import { BacktrackingMatcher } from '../matching/backtracking-matcher.js';
import { translatePattern } from './translate-pattern.js';

function groups(pcre: string, text: string): readonly (string | undefined)[] | null {
  return new BacktrackingMatcher(translatePattern(pcre, { capturing: true }).record).capture(text);
}

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
    ['a brace that is no quantifier is itself', 'a{x', 'a{x', ['a{x']],
    ['look-ahead', 'a(?!b)', 'abac', ['a']],
    ['look-behind', '(?<=a)b', 'bab', ['b']],
    ['octal', String.raw`\101\0`, 'A\0', ['A\0']],
    ['multi-line anchors where asked', '(?m)^b$', 'a\nb\nc', ['b']],
    ['comments and white space under x', '(?x) a b # c', 'ab', ['ab']],
  ])('%s', (_title, pcre, text, expected) => {
    const found = groups(pcre, text);
    expect(found === null ? null : [...found]).toEqual(expected);
  });
});
