import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { TEXT_END, TEXT_START } from '../pattern/first-strings.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import { requiredLiterals } from '../pattern/required-literals.js';
import { translatePattern } from '../pattern/translate-pattern.js';
import { patternText, plainPattern } from '../testing/arbitrary-pattern.js';
import { ReferenceMatcher } from '../testing/reference-matcher.js';
import { featuresOf } from '../transformations/byte-features.js';
import { holdsAll, LiteralScanner } from './literal-scanner.js';
import { LiteralTableBuilder } from './literal-table.js';

describe('required literals', () => {
  it('never rule out a text that the pattern matches', () => {
    fc.assert(
      fc.property(plainPattern, fc.array(patternText, { minLength: 1, maxLength: 8 }), (pcre, texts) => {
        const clauses = requiredLiterals(parsePattern(pcre).node);
        const builder = new LiteralTableBuilder();
        const numbers = clauses.map((clause) => builder.add(clause));
        const scanner = new LiteralScanner(builder.build());
        const matcher = new ReferenceMatcher(translatePattern(pcre, { capturing: false }).record);
        for (const subject of texts)
          if (matcher.test(subject) && !holdsAll(scanner.scan(subject), numbers)) throw new Error(`${pcre} on ${JSON.stringify(subject)}`);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    [String.raw`(?i)\bunion\b[\s(]+select`, [['select'], ['union']]],
    ['(?:foo|bar)baz', [['foobaz', 'barbaz']]],
    ['a*b?', []],
    ['information_schema', [['n_sche']]],
  ])('of %s', (pcre, expected) => {
    const found = requiredLiterals(parsePattern(pcre).node).map((clause) => [...clause].sort());
    expect(found.sort()).toEqual(expected.map((clause) => [...clause].sort()).sort());
  });
});

describe('the literal scanner', () => {
  it('finds overlapping and nested literals in one pass, case ignored', () => {
    const builder = new LiteralTableBuilder();
    const numbers = [['she'], ['he'], ['hers'], ['x', 'y'], ['nope']].map((clause) => builder.add(clause));
    const found = new LiteralScanner(builder.build()).scan('usHERs Y');
    expect(numbers.map((number) => holdsAll(found, [number]))).toEqual([true, true, true, true, false]);
  });

  it('finds in texts of any length just the literals that stand in them, at their borders too', () => {
    const letters = fc.constantFrom('a', 'b', 'C');
    const word = fc.string({ unit: letters, minLength: 1, maxLength: 4 });
    const words = fc.array(fc.tuple(fc.constantFrom('', TEXT_START), word, fc.constantFrom('', TEXT_END)), { minLength: 1, maxLength: 12 });
    const rare = fc.string({ unit: letters, maxLength: 12 });
    const gap = fc.constantFrom(0, 20, 60, 1_500, 4_060, 4_096, 9_001);
    fc.assert(
      fc.property(words, fc.array(rare, { minLength: 4, maxLength: 6 }), gap, (parts, pieces, length) => {
        const literals = parts.map((part) => part.join(''));
        const builder = new LiteralTableBuilder();
        const numbers = literals.map((literal) => builder.add([literal]));
        const scanner = new LiteralScanner(builder.build());
        const text = pieces.join('-'.repeat(length));
        const found = scanner.scan(text);
        const bordered = TEXT_START + text.toLowerCase() + TEXT_END;
        const wanted = literals.map((literal) => bordered.includes(literal.replaceAll('C', 'c')));
        expect(numbers.map((number) => found.includes(number))).toEqual(wanted);
        expect(scanner.features).toBe(featuresOf(text));
        expect(new Set(found).size).toBe(found.length);
      }),
      { numRuns: 300 },
    );
  });
});
