import { describe, expect, it } from '@jest/globals';
import { GuardedMatcher } from '../matching/guarded-matcher.js';
import { packPatterns } from '../testing/pack-patterns.js';
import { seededNumbers } from '../testing/seeded-numbers.js';
import { featuresOf } from '../transformations/byte-features.js';
import { TEXT_START } from './first-strings.js';
import { type Openings, openingsOf } from './openings.js';
import { parsePattern } from './parse-pattern.js';
import type { PatternNode } from './pattern-node.js';
import { translatePattern } from './translate-pattern.js';

/** A text that the pattern would match, were it not for what it asserts. */
function sample(node: PatternNode, next: (below: number) => number): string {
  switch (node.kind) {
    case 'bytes': {
      const bytes = node.set.bytes();
      return String.fromCharCode(bytes[next(bytes.length)]!);
    }
    case 'concat':
      return node.items.map((item) => sample(item, next)).join('');
    case 'alternate':
      return sample(node.options[next(node.options.length)]!, next);
    case 'group':
    case 'atomic':
      return sample(node.item, next);
    case 'repeat':
      return Array.from({ length: node.min + (node.max > node.min ? next(3) % (node.max - node.min + 1) : 0) }, () =>
        sample(node.item, next),
      ).join('');
    default:
      return '';
  }
}

function holds({ strings, kinds }: Openings, text: string): boolean {
  const seen = TEXT_START + text.toLowerCase();
  return (featuresOf(text) & kinds) !== 0 || strings.some((string) => seen.includes(string));
}

/** Texts that match, with none of the openings in them. */
function missed(pcre: string, ignoreCase: boolean, next: (below: number) => number, count: number): string[] {
  const { node } = parsePattern(pcre, ignoreCase);
  const openings = openingsOf(node);
  if (openings === null) return [];
  const matcher = new GuardedMatcher(translatePattern(pcre, { capturing: false, ignoreCase }).record);
  const texts = Array.from({ length: count }, () => ['', 'x', ' '][next(3)]! + sample(node, next) + ['', 'y', ' '][next(3)]!);
  return texts.filter((text) => matcher.test(text) && !holds(openings, text));
}

const PIECES = [
  'time',
  'env',
  'ls',
  '^',
  '(?:json)?',
  '[;`]',
  String.raw`\s*`,
  String.raw`["'\\]*`,
  '(?:[a-z]+=[^ ]+ )*',
  '(?:[a-z]+/)?',
  '[a-d]',
];
const MORE = [
  '(?:out|up)?',
  '(?:vi|[$]x|;+)',
  String.raw`\b`,
  '.',
  '[ab]{2,3}',
  '-',
  '(?:a.|bc)',
  '(?:cat[ &]|more)',
  'a+',
  '(?:=|,)?',
  '(?i)KiLL',
];

describe('openings of a pattern', () => {
  it('are in every text that it matches', () => {
    const next = seededNumbers(7);
    let known = 0;
    const wrong: unknown[] = [];
    for (let round = 0; round < 1500; round++) {
      const pieces = Array.from({ length: 1 + next(6) }, () => [...PIECES, ...MORE][next(PIECES.length + MORE.length)]!);
      const half = next(pieces.length);
      const pcre = next(3) === 0 ? `(?:${pieces.slice(0, half).join('')}|${pieces.slice(half).join('')})cmd` : pieces.join('');
      if (openingsOf(parsePattern(pcre).node) !== null) known++;
      for (const text of missed(pcre, next(2) === 0, next, 12)) wrong.push({ pcre, text });
    }
    expect(wrong).toEqual([]);
    expect(known).toBeGreaterThan(200);
  });

  it('are so for all patterns of the packs', () => {
    const next = seededNumbers(13);
    const wrong = packPatterns().flatMap(({ name, record }) =>
      missed(record.pcre, record.ignoreCase, next, 25).map((text) => ({ name, text })),
    );
    expect(wrong).toEqual([]);
  });

  it.each([
    ['(?:time|[;`])[a-z]*x', ['time'], [';', '`']],
    [String.raw`n["\\]*o["\\]*h["\\]*u["\\]*p`, ['nohu'], ['"', '\\']],
    ['^(?:[a-z]+=[^ ]+ )*(?:more|less)', [`${TEXT_START}more`, `${TEXT_START}less`], ['=']],
  ])('of %s', (pcre, strings, bytes) => {
    const found = openingsOf(parsePattern(pcre).node);
    expect([...found!.strings].sort()).toEqual([...strings].sort());
    expect(found!.kinds).toBe(featuresOf(bytes.join('')));
  });

  it.each(['[a-z]*x', '.*abcd', 'a|b'])('are nothing of %s', (pcre) => {
    expect(openingsOf(parsePattern(pcre).node)).toBeNull();
  });
});
