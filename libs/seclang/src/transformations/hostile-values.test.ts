import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { countSteps } from '../testing/count-steps.js';
import { findTransformation } from './registry.js';
import { bestFitMap } from './unicode-best-fit.js';

const context = { unicodeMap: bestFitMap() };
const NAMES = [
  'base64Decode',
  'base64DecodeExt',
  'cmdLine',
  'compressWhitespace',
  'cssDecode',
  'escapeSeqDecode',
  'hexDecode',
  'htmlEntityDecode',
  'jsDecode',
  'lowercase',
  'normalisePath',
  'normalisePathWin',
  'removeComments',
  'removeCommentsChar',
  'removeNulls',
  'removeWhitespace',
  'replaceComments',
  'trim',
  'uppercase',
  'urlDecode',
  'urlDecodeUni',
  'utf8ToUnicode',
];

function apply(name: string, text: string): string {
  return findTransformation(name)!.apply(text, context);
}

const signs = fc.constantFrom(...'aA1 \t\n\0/\\.%+&#;x*-<!>"\'^,(u0fltgqn\xa0\xc3\xa9\xff');
const anyText = fc.oneof(fc.string({ unit: signs, maxLength: 40 }), fc.string({ unit: signs, minLength: 90, maxLength: 200 }));

/** The same transformations written the plain way. */
const PLAIN: Readonly<Record<string, (text: string) => string>> = {
  compressWhitespace: (text) => text.replace(/[\t-\r \xa0]+/g, ' '),
  removeWhitespace: (text) => text.replace(/[\t-\r \xa0]+/g, ''),
  removeCommentsChar: (text) => text.replace(/\/\*|\*\/|<!--|-->|--|#/g, ''),
  replaceComments: (text) => text.replace(/\/\*(?:[^]*?\*\/|[^]*$)/g, ' '),
  lowercase: (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  urlDecode: (text) => text.replace(/\+|%([0-9a-fA-F]{2})/g, (_all, digits?: string) => (digits === undefined ? ' ' : bytes(digits))),
  htmlEntityDecode: (text) =>
    text.replace(/&(?:#(?:[xX]([0-9a-fA-F]+)|([0-9]+))|([A-Za-z0-9]+));?/g, (all: string, hex?: string, decimal?: string, name?: string) =>
      name === undefined ? lowByte(hex ?? decimal ?? '', hex === undefined ? 10 : 16) : (NAMED[name.toLowerCase()] ?? all),
    ),
  cmdLine: (text) =>
    text
      .replace(/[\\"'^]/g, '')
      .replace(/[ ,;\t\n\r]+/g, ' ')
      .replace(/ (?=[/(])/g, '')
      .replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  normalisePath: plainPath,
  normalisePathWin: (text) => plainPath(text.replaceAll('\\', '/')),
};
const NAMED: Readonly<Record<string, string>> = { quot: '"', amp: '&', lt: '<', gt: '>', nbsp: '\xa0' };

function bytes(digits: string): string {
  return Buffer.from(digits, 'hex').toString('latin1');
}

function lowByte(digits: string, base: number): string {
  const value = Number.parseInt(digits, base);
  return String.fromCharCode(value > 0x7fffffff ? 0xff : value & 0xff);
}

function plainPath(text: string): string {
  if (text === '') return text;
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else if (!text.startsWith('/')) parts.push(part);
  }
  return `${text.startsWith('/') ? '/' : ''}${parts.join('/')}${parts.length > 0 && text.endsWith('/') ? '/' : ''}`;
}

describe('transformations', () => {
  it.each(Object.keys(PLAIN))('%s does what it does when written the plain way', (name) => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(apply(name, text)).toBe(PLAIN[name]!(text));
      }),
      { numRuns: 400 },
    );
  });

  it.each(NAMES)('%s takes steps in proportion to the value', (name) => {
    const units = [
      ' ',
      "'",
      '%',
      '%2',
      '%41',
      '%u0041',
      '+',
      '&',
      '&#',
      '&#x',
      '&#1;',
      '&lt',
      '\\',
      '\\x',
      '\\1',
      '\\u00',
      '/*',
      '*/',
      '/**/',
      '<!--',
      '-->',
      '-',
      '#',
    ];
    for (const unit of [
      ...units,
      '../',
      './',
      '/',
      '//',
      'a/../',
      'a/',
      '\xc3',
      '\xe2\x82',
      '\xe2\x82\xac',
      '\0',
      'A',
      '\xc9',
      ';',
      '^',
      '(',
      ' (',
      '=',
      '%+',
    ]) {
      const text = unit.repeat(Math.ceil(20_000 / unit.length));
      // Reads of bytes, by whatever way; decoding looks ahead a bounded number of times.
      expect([unit, countSteps(() => apply(name, text)) < 16 * text.length]).toEqual([unit, true]);
    }
  });
});
