import { describe, expect, it } from '@jest/globals';
import { Format } from './format.js';
import { parseSearch, pickSearch, stringifySearch } from './search-params.js';

const ko = new Format('ko', 'Asia/Seoul');
const en = new Format('en', 'Europe/Berlin');
const NOW = Date.parse('2026-11-21T19:30:00.000Z');
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('Format', () => {
  it('writes the exact time with its offset and zone', () => {
    expect(ko.exact('2026-11-21T19:30:05.000Z')).toContain('04:30:05');
    expect(ko.exact('2026-11-21T19:30:05.000Z')).toContain('Asia/Seoul');
    expect(ko.exact('2026-11-21T19:30:05.000Z')).toContain('GMT+9');
    expect(en.exact('2026-11-21T19:30:05.000Z')).toContain('20:30:05');
  });

  it('says how long ago in the reader’s language', () => {
    expect(en.relative('2026-11-21T19:29:55.000Z', NOW)).toBe('5 seconds ago');
    expect(ko.relative('2026-11-21T17:30:00.000Z', NOW)).toBe('2시간 전');
    expect(en.relative('2026-11-24T19:30:00.000Z', NOW)).toBe('in 3 days');
  });

  it('gives every number its unit', () => {
    expect(plain(en.bytes(13_107_200))).toBe('13.1 MB');
    expect(plain(en.bytes(0))).toBe('0 bytes');
    expect(plain(en.milliseconds(12.34))).toBe('12.3ms');
    expect(plain(en.milliseconds(2_500))).toBe('2.5s');
    expect(plain(ko.duration(75))).toBe('1분');
    expect(en.percent(0.234)).toBe('23.4%');
    expect(en.figure(1234.5)).toBe('1,235');
    expect(en.figure(0.6971)).toBe('0.7');
  });
});

describe('search parameters', () => {
  it('stay text on the way there and back', () => {
    expect(parseSearch('?ruleId=942100&q=a%20b')).toEqual({ ruleId: '942100', q: 'a b' });
    expect(stringifySearch({ ruleId: '942100', q: undefined, empty: '' })).toBe('?ruleId=942100');
    expect(stringifySearch({})).toBe('');
  });

  it('hold known keys only', () => {
    expect(pickSearch({ q: 'x', other: 'y', tag: 7, siteId: '' }, ['q', 'tag', 'siteId'])).toEqual({ q: 'x' });
  });
});
