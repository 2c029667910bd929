import { describe, expect, it } from '@jest/globals';
import { canonicalAddress, overlaps, parseRange, rangeText } from './address-range.js';

describe('ranges of addresses', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['10.1.2.3/8', '10.0.0.0-10.255.255.255'],
    ['0.0.0.0/0', '0.0.0.0-255.255.255.255'],
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:db8::/64', '2001:db8::-2001:db8::ffff:ffff:ffff:ffff'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['::', '::'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['10:0::a0:0:0', '10::a0:0:0'],
    ['10.0.0.1-10.0.0.9', '10.0.0.1-10.0.0.9'],
  ])('%s is %s', (text, range) => expect(rangeText(parseRange(text))).toBe(range));

  it('overlap when they share an address of one family', () => {
    expect(overlaps(parseRange('10.0.0.0/8'), parseRange('10.255.255.255'))).toBe(true);
    expect(overlaps(parseRange('10.0.0.0/8'), parseRange('11.0.0.0'))).toBe(false);
    expect(overlaps(parseRange('0.0.0.0/0'), parseRange('::/0'))).toBe(false);
  });

  it('that are none are refused', () => {
    for (const text of ['10.0.0.9-10.0.0.1', '10.0.0.1-2001:db8::1', '10.0.0.0/33', '10.0.0.0/-1', 'shop'])
      expect(() => parseRange(text)).toThrow(/is no address/);
  });
});

it('one address has one text', () => {
  expect(canonicalAddress('2001:DB8:0::1/64')).toBe('2001:db8::1/64');
  expect(canonicalAddress('10.1.2.3/8')).toBe('10.1.2.3/8');
});
