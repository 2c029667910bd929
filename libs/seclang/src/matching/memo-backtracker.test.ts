import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { finiteForm } from '../pattern/finite-form.js';
import { parsePattern } from '../pattern/parse-pattern.js';
import { plainPattern } from '../testing/arbitrary-pattern.js';
import { packPatterns } from '../testing/pack-patterns.js';
import { CaptureMachine } from './capture-machine.js';
import { MemoBacktracker } from './memo-backtracker.js';
import { compileProgram } from './program.js';

type Captures = (bytes: Uint8Array, start: number) => readonly number[] | null;

/** By backtracking, and by following all ways at once; null for patterns with references or look-around. */
function bothWays(pcre: string, ignoreCase = false): { readonly memo: Captures; readonly plain: Captures } | null {
  const { node, groupCount } = parsePattern(pcre, ignoreCase);
  const finite = finiteForm(node);
  const withRuns = finite && compileProgram(finite, { groupCount, runs: true });
  const plain = finite && compileProgram(finite, { groupCount });
  if (withRuns === null || plain === null || plain.looks.length > 0) return null;
  const backtracker = new MemoBacktracker(withRuns);
  const machine = new CaptureMachine(plain);
  return {
    memo(bytes, start) {
      const attempt = backtracker.search(bytes, bytes.length, start, start, null);
      expect(attempt).not.toBe('beyond');
      return attempt === 'matched' ? [...backtracker.slots] : null;
    },
    plain: (bytes, start) => {
      const slots = machine.capture(bytes, bytes.length, start, null);
      return slots && [...slots];
    },
  };
}

const text = fc.string({
  unit: fc.constantFrom('a', 'b', 'A', ' ', '-', '1', '\n', 'ab-1', 'a'.repeat(40), '-'.repeat(33)),
  maxLength: 12,
});

describe('backtracking that goes no way twice', () => {
  it('captures what following all ways at once captures, wherever it begins', () => {
    fc.assert(
      fc.property(plainPattern, text, fc.nat(60), (pcre, value, start) => {
        const ways = bothWays(pcre);
        const bytes = Buffer.from(value, 'latin1');
        if (ways === null || start > bytes.length) return;
        expect(ways.memo(bytes, start)).toEqual(ways.plain(bytes, start));
      }),
      { numRuns: 1500 },
    );
  });

  it.each([
    ['a run that gives back', '(a.*)(b)(.*)', `a${'x'.repeat(70)}b${'x'.repeat(70)}`, [0, 142, 0, 71, 71, 72, 72, 142]],
    ['a run that gives back to its beginning', '(a*)a(b?)', 'a'.repeat(100), [0, 100, 0, 99, 100, 100]],
    ['a run that takes ever more', '(a.*?)(b)', `a${'x'.repeat(70)}b${'x'.repeat(70)}b`, [0, 72, 0, 71, 71, 72]],
    ['runs that end at the end', '(.*?)(-*)$', `${'x'.repeat(64)}${'-'.repeat(64)}`, [0, 128, 0, 64, 64, 128]],
    ['runs over what runs have been over', '(?:a*b?)*(c|d)', `${'a'.repeat(64)}b${'a'.repeat(31)}d`, [0, 97, 96, 97]],
    ['what is not there', 'a.*b.*?c', `a${'b'.repeat(200)}`, null],
  ])('%s', (_title, pcre, value, expected) => {
    const ways = bothWays(pcre)!;
    const bytes = Buffer.from(value, 'latin1');
    expect(ways.plain(bytes, 0)).toEqual(expected);
    expect(ways.memo(bytes, 0)).toEqual(expected);
  });
});

const patterns = packPatterns();
(patterns.length === 0 ? describe.skip : describe)('the patterns of the packs', () => {
  it('capture the same by backtracking and by following all ways at once', () => {
    const different: unknown[] = [];
    for (const { name, record } of patterns) {
      const ways = bothWays(record.pcre, record.ignoreCase);
      const words = record.pcre.match(/[A-Za-z0-9_]{2,}|[^A-Za-z0-9\\()[\]?:*+|]/g) ?? ['a'];
      let value = '';
      for (let at = 0; value.length < 120; at++) value += `${words[(at * 5) % words.length]!}${[' ', '(', '=', ';'][at % 4]!}`;
      const bytes = Buffer.from(value, 'latin1');
      for (let start = 0; ways !== null && start <= bytes.length; start += 7)
        if (JSON.stringify(ways.memo(bytes, start)) !== JSON.stringify(ways.plain(bytes, start))) different.push({ name, value, start });
    }
    expect(different).toEqual([]);
  });
});
