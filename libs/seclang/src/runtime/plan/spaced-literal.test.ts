import { describe, expect, it } from '@jest/globals';
import { removeWhitespace } from '../../transformations/remove-whitespace.js';
import { SpacedLiteral } from './spaced-literal.js';

const CONTEXT = { unicodeMap: null };
const CHARACTERS = [...'aabB<>@`[{ \t\xa0\xc1'];

function textOf(seed: number): string {
  let state = seed + 1;
  let text = '';
  for (let left = seed % 23; left > 0; left--) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    text += CHARACTERS[(state >>> 8) % CHARACTERS.length]!;
  }
  return text;
}

describe('literals in a text without its white space', () => {
  it.each(['a', 'ab', 'aab', 'aaab', '<b', 'b>a', '@a', '`a', '[', '{b', 'a b'])(
    '%j is found where it stands in what is left',
    (literal) => {
      const spaced = new SpacedLiteral(literal);
      let found = 0;
      for (let seed = 0; seed < 3000; seed++) {
        const text = textOf(seed);
        const isThere = removeWhitespace
          .apply(text, CONTEXT)
          .replace(/[A-Z]/g, (letter) => letter.toLowerCase())
          .includes(literal);
        if (isThere) found++;
        expect([text, spaced.standsIn(text)]).toEqual([text, isThere]);
      }
      expect(found > 0).toBe(literal !== 'a b');
    },
  );

  it('takes no longer than the text is long, however much white space stands between what nearly fits', () => {
    const startMs = performance.now();
    for (const literal of ['aaab', 'baaa', 'abab', 'baabb'])
      expect(new SpacedLiteral(literal).standsIn(`${'aab'.repeat(30_000)}${' '.repeat(100_000)}`.repeat(4))).toBe(false);
    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});
