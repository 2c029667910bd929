import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parsePattern } from '../pattern/parse-pattern.js';
import { requiredLiterals } from '../pattern/required-literals.js';
import { translatePattern } from '../pattern/translate-pattern.js';
import { BacktrackingMatcher } from './backtracking-matcher.js';
import { CaptureMachine } from './capture-machine.js';
import { GuardedMatcher } from './guarded-matcher.js';
import { LazyAutomaton } from './lazy-automaton.js';
import { holdsAll, LiteralScanner } from './literal-scanner.js';
import { LiteralTableBuilder } from './literal-table.js';
import { compileProgram } from './program.js';

/** Patterns put together from pieces, so that most of them are valid and many match. */
const atom = fc.constantFrom(
  'a',
  'b',
  'ab',
  'aB',
  '.',
  '[ab]',
  '[^a]',
  String.raw`\w`,
  String.raw`\s`,
  String.raw`\d`,
  '-',
  String.raw`\x2d`,
  '(?i)b',
  ' ',
);
const quantifier = fc.constantFrom('', '', '', '*', '+', '?', '{2}', '{1,3}', '*?', '+?');
const mark = fc.constantFrom('', '', '', '', '^', '$', String.raw`\b`, String.raw`\B`);
const { pattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
  piece: fc.oneof(
    { depthSize: 'small' },
    fc.tuple(mark, atom, quantifier).map((parts) => parts.join('')),
    fc.tuple(tie('pattern'), quantifier).map(([inner, times]) => `(${inner})${times}`),
    fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(?:${left}|${right})`),
  ),
  pattern: fc.array(tie('piece'), { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join('')),
}));
const text = fc.string({ unit: fc.constantFrom('a', 'b', 'A', 'B', ' ', '-', '1', '\n', '_', '\xe9'), maxLength: 24 });

describe('the linear matchers', () => {
  it('agree with the backtracking matcher on whether a pattern matches', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), (pcre, texts) => {
        const { node, groupCount } = parsePattern(pcre);
        const program = compileProgram(node, groupCount);
        if (program === null) return;
        const backtracking = new BacktrackingMatcher(translatePattern(pcre, { capturing: true }).record);
        const automaton = new LazyAutomaton(program);
        const machine = new CaptureMachine(program);
        for (const subject of texts) {
          // Which of several matches at one place is taken can differ where a group repeats the empty text: PCRE's way, not JavaScript's.
          const expected = backtracking.test(subject);
          if (automaton.test(subject) !== expected || (machine.capture(subject) !== null) !== expected) {
            throw new Error(`${pcre} on ${JSON.stringify(subject)}: expected ${String(expected)}`);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('capture groups in order of preference', () => {
    const captured = (pcre: string, subject: string): (string | undefined)[] | null => {
      const { node, groupCount } = parsePattern(pcre);
      return new CaptureMachine(compileProgram(node, groupCount)!).capture(subject);
    };
    expect(captured('(a+?)(a*)(b)?', 'xaaa')).toEqual(['aaa', 'a', 'aa', undefined]);
    expect(captured('(a|ab)(c|bcd)(d*)', 'abcd')).toEqual(['abcd', 'a', 'bcd', '']);
    expect(captured(String.raw`\b(\w+)\b[^;]*;(?:(x)|(y))`, 'if one; two;y')).toEqual(['two;y', 'two', undefined, 'y']);
  });

  it('decide in time that grows with the text, where backtracking would not end', () => {
    const matcher = new GuardedMatcher(
      translatePattern(String.raw`^(?:[^']*?(?:'[^']*?'[^']*?)*?'|(?:\s*a*)*)\s*!$`, { capturing: false }).record,
    );
    // A backtracking matcher would not come back from this.
    expect(matcher.test("' a".repeat(30_000))).toBe(false);
  });

  it('keep a bounded number of states on texts that need ever new ones', () => {
    const matcher = new GuardedMatcher(translatePattern('[ab]*a[ab]{12}c', { capturing: false }).record);
    let seed = 7;
    const bytes = Array.from({ length: 60_000 }, () => ((seed = (seed * 1103515245 + 12345) & 0x7fffffff) & 0x10000 ? 'a' : 'b'));
    expect(matcher.test(bytes.join(''))).toBe(false);
    expect(matcher.test(`${bytes.join('')}abbbbbbbbbbbbc`)).toBe(true);
  });
});

describe('required literals', () => {
  it('never rule out a text that the pattern matches', () => {
    fc.assert(
      fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), (pcre, texts) => {
        const clauses = requiredLiterals(parsePattern(pcre).node);
        const builder = new LiteralTableBuilder();
        const numbers = clauses.map((clause) => builder.add(clause));
        const scanner = new LiteralScanner(builder.build());
        const matcher = new BacktrackingMatcher(translatePattern(pcre, { capturing: false }).record);
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
    ['information_schema', [['n_schema']]],
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
});
