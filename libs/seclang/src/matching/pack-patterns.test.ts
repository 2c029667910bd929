import { describe, expect, it, jest } from '@jest/globals';
import { packPatterns } from '../testing/pack-patterns.js';
import { ReferenceMatcher } from '../testing/reference-matcher.js';
import { seededNumbers } from '../testing/seeded-numbers.js';
import { GuardedMatcher } from './guarded-matcher.js';
import { SubsetConstruction } from './subset-construction.js';

const patterns = packPatterns();

const COMMON = [
  ' ',
  '(',
  ')',
  "'",
  '"',
  '=',
  ',',
  '\r\n',
  '<',
  '>',
  '/',
  '.',
  ';',
  '$',
  '`',
  '1',
  'a',
  'x',
  '--',
  '@',
  '%',
  '\\',
  '\0',
  '\xe9',
];

/** A text put together from the pattern's own words and signs, so that it nearly matches. */
function nearMatch(pcre: string, next: (below: number) => number, pieces: number): string {
  const words = pcre.match(/[A-Za-z0-9_]{2,}|[^A-Za-z0-9\\()[\]?:*+|]/g) ?? ['a'];
  let text = '';
  for (let i = 0; i < pieces; i++) text += next(2) === 0 ? COMMON[next(COMMON.length)]! : words[next(words.length)]!;
  return next(5) === 0 ? text.toUpperCase() : text;
}

(patterns.length === 0 ? describe.skip : describe)('the patterns of the packs', () => {
  it('mean what they mean to the backtracking matcher of the JavaScript engine, groups included', () => {
    const next = seededNumbers(3);
    const different: unknown[] = [];
    for (const { name, record } of patterns) {
      const matcher = new GuardedMatcher(record);
      const reference = new ReferenceMatcher(record);
      // The reference may know fewer groups: those of rules that capture nothing were not translated.
      const isCapturing = record.captures === null || !record.captures.includes(-1);
      for (let round = 0; round < 8; round++) {
        const text = nearMatch(record.pcre, next, 1 + next(12)).slice(0, 70);
        const expected = reference.capture(text);
        const found = matcher.capture(text);
        const isSame = isCapturing
          ? JSON.stringify(expected?.slice(0, 10) ?? null) === JSON.stringify(found)
          : (expected === null) === (found === null) && expected?.[0] === found?.[0];
        if (!isSame || matcher.test(text) !== (expected !== null)) different.push({ name, text, expected, found });
      }
    }
    expect(different).toEqual([]);
  });

  it('are decided by automata, but for one with references', () => {
    const backtracking = patterns.filter(({ record }) => new GuardedMatcher(record).patternClass === 'bounded backtracking');
    expect(backtracking.every(({ record }) => record.pcre.includes(String.raw`\1`))).toBe(true);
    expect(backtracking.length).toBeLessThan(2);
  });

  it('need a bounded number of states, whatever is repeated', () => {
    const step = jest.spyOn(SubsetConstruction.prototype, 'step');
    const next = seededNumbers(11);
    const costly: unknown[] = [];
    try {
      for (const { name, record } of patterns) {
        const matcher = new GuardedMatcher(record);
        for (const unit of [nearMatch(record.pcre, next, 3), ' ', "'", '-', '<', 'a']) {
          const text = unit.repeat(Math.ceil(4000 / unit.length));
          step.mockClear();
          matcher.capture(text);
          // Less than one state for four bytes: most of the text is read by transitions that are known.
          if (step.mock.calls.length > 1000) costly.push({ name, unit, steps: step.mock.calls.length });
        }
      }
    } finally {
      step.mockRestore();
    }
    expect(costly).toEqual([]);
  });
});
