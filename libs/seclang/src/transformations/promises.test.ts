import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { traitsOf } from '../pattern/literal-traits.js';
import { windowOf } from '../pattern/literal-window.js';
import { featuresOf } from './byte-features.js';
import { findTransformation } from './registry.js';
import type { Transformation } from './transformation.js';
import { bestFitMap } from './unicode-best-fit.js';

const context = { unicodeMap: bestFitMap() };
const NAMES = [
  ...['base64Decode', 'base64DecodeExt', 'cmdLine', 'compressWhitespace', 'cssDecode', 'escapeSeqDecode', 'htmlEntityDecode', 'jsDecode'],
  ...['lowercase', 'normalisePath', 'normalisePathWin', 'removeComments', 'removeCommentsChar', 'removeNulls', 'removeWhitespace'],
  ...['replaceComments', 'replaceNulls', 'trim', 'trimLeft', 'trimRight', 'uppercase', 'urlDecode', 'urlDecodeUni', 'utf8ToUnicode'],
] as const;
const ALL = NAMES.map((name) => findTransformation(name)!);

const pieces = fc.oneof(
  fc.constantFrom(...'aAx01 \t\n\0/\\.%+&#;*-<!>"\'^,(){$|=:\xa0\xe9'),
  fc.constantFrom(
    '/*',
    '*/',
    '&lt;',
    '&#x41;',
    '&#65',
    '&quot',
    '%41',
    '%u0041',
    '\\x41',
    '\\u0041',
    '../',
    './',
    '//',
    '--',
    '<!--',
    '-->',
    '\xc3\xa9',
  ),
  fc.string({ unit: fc.constantFrom(...'abcXYZ059+/='), minLength: 2, maxLength: 8 }),
);
const texts = fc.array(pieces, { maxLength: 14 }).map((parts) => parts.join(''));
/** Where a text begins and ends, as literals have it. */
const bordered = (text: string): string => `\u0100${text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())}\u0101`;

function isTriggered({ triggers }: Transformation, text: string): boolean {
  return triggers === null || (featuresOf(text) & triggers) !== 0;
}

function longestOf(text: string, stretch: RegExp): number {
  return Math.max(0, ...(text.match(stretch) ?? []).map(({ length }) => length));
}

const TEXT = /[\t-\r\x20-\x7e\xa0]+/g;
const VISIBLE = /[\x21-\x7e]+/g;

describe('what transformations say of their results', () => {
  it.each(ALL)('$name makes no other kinds of bytes than it says', (transformation) => {
    const { yields, kindsIn } = transformation;
    fc.assert(
      fc.property(texts, (text) => {
        const made = featuresOf(transformation.apply(text, context));
        if (isTriggered(transformation, text) && kindsIn !== undefined) expect(made & ~kindsIn(text, featuresOf(text))).toBe(0);
        if (isTriggered(transformation, text) && yields !== undefined) expect(made & ~yields(featuresOf(text))).toBe(0);
        if (!isTriggered(transformation, text)) expect(transformation.apply(text, context)).toBe(text);
      }),
      { numRuns: 600 },
    );
  });

  it.each(ALL.filter(({ reveals }) => reveals !== undefined))('$name reveals no other literals than it says', (transformation) => {
    fc.assert(
      fc.property(texts, fc.nat(), fc.integer({ min: 1, max: 9 }), (text, start, length) => {
        const made = bordered(transformation.apply(text, context));
        const from = start % made.length;
        const literal = made.slice(from, from + length);
        // What is looked for of a literal is its window.
        if (!transformation.reveals!(traitsOf([literal]), featuresOf(text))) expect(bordered(text)).toContain(windowOf(literal));
      }),
      { numRuns: 3000 },
    );
  });

  it.each(ALL.filter(({ stretches }) => stretches !== undefined))('$name keeps stretches together', (transformation) => {
    fc.assert(
      fc.property(texts, (text) => {
        const stretch = transformation.stretches === 'text' ? TEXT : VISIBLE;
        expect(longestOf(text, stretch)).toBeGreaterThanOrEqual(longestOf(transformation.apply(text, context), stretch));
      }),
      { numRuns: 600 },
    );
  });

  it.each(ALL.filter(({ mayHold }) => mayHold !== undefined))('$name tells how long the stretches may be', (transformation) => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 1, max: 8 }), (text, count) => {
        const holds = longestOf(transformation.apply(text, context), TEXT) >= count;
        expect(transformation.mayHold!(text, count, false)).toBe(holds);
        const spaceless = longestOf(transformation.apply(text.replaceAll(/[\t-\r \xa0]/g, ''), context), TEXT) >= count;
        expect(transformation.mayHold!(text, count, true)).toBe(spaceless);
      }),
      { numRuns: 1000 },
    );
  });
});
