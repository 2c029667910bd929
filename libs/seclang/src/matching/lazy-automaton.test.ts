import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { finiteForm } from '../pattern/finite-form.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import { plainPattern } from '../testing/arbitrary-pattern.js';
import { packPatterns } from '../testing/pack-patterns.js';
import { LazyAutomaton } from './lazy-automaton.js';
import { compileProgram } from './program.js';

/** Null for patterns with references or look-around. */
function automatonOf(pcre: string, ignoreCase = false): LazyAutomaton | null {
  const node = finiteForm(parsePattern(pcre, ignoreCase).node);
  const program = node === null ? null : compileProgram(node);
  return program === null || program.looks.length > 0 ? null : new LazyAutomaton(program);
}

function firstEndInLanes(automaton: LazyAutomaton, text: string): number {
  return automaton.firstEndIn(Buffer.from(text, 'latin1'), text.length, null);
}

/** A piece of harmless text, something that may match, and harmless text again. */
const longText = fc
  .tuple(
    fc.integer({ min: 0, max: 200 }),
    fc.string({ unit: fc.constantFrom('a', 'b', 'A', ' ', '-', '1', '\n', '_', '\xe9'), maxLength: 24 }),
    fc.integer({ min: 0, max: 200 }),
    fc.constantFrom('!', '-', 'c', ' c', '\n', '\xe9'),
  )
  .map(([before, middle, after, filler]) => filler.repeat(before) + middle + filler.repeat(after));

describe('a text read in two halves at once', () => {
  it('has its first match where it has it when it is read from its start', () => {
    fc.assert(
      fc.property(plainPattern, fc.array(longText, { minLength: 1, maxLength: 6 }), (pcre, texts) => {
        const automaton = automatonOf(pcre);
        for (const text of texts) if (automaton !== null) expect(firstEndInLanes(automaton, text)).toBe(automaton.firstEnd(text));
      }),
      { numRuns: 600 },
    );
  });

  it.each([
    ['what begins in the first half and ends in the second', 'x[^;]*y', `${'-'.repeat(80)}x${'-'.repeat(90)}y${'-'.repeat(60)}`, 172],
    ['what is open for long, but not for ever', 'x[^;]*y|z', `${'-'.repeat(99)}x${'-'.repeat(80)};y${'-'.repeat(20)}z`, 203],
    ['of two matches the one that ends first', 'x[^;]*y|z', `${'-'.repeat(99)}x${'-'.repeat(20)}z${'-'.repeat(80)}y`, 121],
    ['what stands at the start only', '^-+z|y$', `${'-'.repeat(300)}z`, 301],
    ['what stands at the end only', '^-+z$|y$', `${'-'.repeat(301)}y`, 302],
    ['a word at the border', String.raw`\bword\b`, `${'word'.repeat(40)} word ${'word'.repeat(40)}`, 165],
    ['nothing', 'ab', '-'.repeat(1000), -1],
  ])('%s', (_title, pcre, text, end) => {
    const automaton = automatonOf(pcre)!;
    expect(automaton.firstEnd(text)).toBe(end);
    expect(firstEndInLanes(automaton, text)).toBe(end);
  });
});

describe('a pattern that may leave out nearly all of itself', () => {
  it('is followed without keeping what waits behind each of its parts', () => {
    const automaton = automatonOf('x(?:a?){740}b')!;
    expect(automaton.firstEnd(`-x${'a'.repeat(740)}b`)).toBe(743);
    expect(automaton.firstEnd(`-x${'a'.repeat(741)}b`)).toBe(-1);
  });
});

const patterns = packPatterns();
(patterns.length === 0 ? describe.skip : describe)('the patterns of the packs', () => {
  it('match in a text read in two halves where they match in one read from its start', () => {
    const different: unknown[] = [];
    for (const { name, record } of patterns) {
      const automaton = automatonOf(record.pcre, record.ignoreCase);
      const words = record.pcre.match(/[A-Za-z0-9_]{2,}|[^A-Za-z0-9\\()[\]?:*+|]/g) ?? ['a'];
      for (const stride of [1, 2, 3, 5, 7]) {
        let text = '';
        for (let at = 0; text.length < 150 + 40 * stride; at += stride) text += `${words[at % words.length]!}${' .;=('.charAt(at % 6)}`;
        if (automaton !== null && firstEndInLanes(automaton, text) !== automaton.firstEnd(text)) different.push({ name, text });
      }
    }
    expect(different).toEqual([]);
  });
});
