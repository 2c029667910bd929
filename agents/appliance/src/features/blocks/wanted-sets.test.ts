import { describe, expect, it } from '@jest/globals';
import { wantedSets } from './wanted-sets.js';

const SOON = '2026-12-01T00:00:00.000Z';
const LATER = '2026-12-02T00:00:00.000Z';
const block = (address: string, expiresAt: string | null = null) => ({ address, expiresAt });

describe('the sets of a list', () => {
  it('hold single addresses, each for the longest time that the list says, however it is written', () => {
    const sets = wantedSets({
      blocks: [block('192.0.2.1', SOON), block('192.0.2.1/32'), block('2001:db8::1', SOON), block('2001:0db8::0:1', LATER)],
      released: [],
    });
    expect([...sets['blocked-4']]).toEqual([['192.0.2.1', null]]);
    expect([...sets['blocked-6']]).toEqual([['2001:db8::1', Date.parse(LATER)]]);
  });

  it('hold networks that don’t overlap: a nested one shows where it outlives what is around it', () => {
    const ranges = (...blocks: ReturnType<typeof block>[]) => [...wantedSets({ blocks, released: [] })['networks-4']];
    expect(ranges(block('10.0.0.0/8'), block('10.1.0.0/16', SOON))).toEqual([['10.0.0.0-10.255.255.255', null]]);
    expect(ranges(block('10.1.0.0/16', LATER), block('10.0.0.0/8', SOON), block('10.1.2.0/24'))).toEqual([
      ['10.0.0.0-10.0.255.255', Date.parse(SOON)],
      ['10.1.0.0-10.1.1.255', Date.parse(LATER)],
      ['10.1.2.0-10.1.2.255', null],
      ['10.1.3.0-10.1.255.255', Date.parse(LATER)],
      ['10.2.0.0-10.255.255.255', Date.parse(SOON)],
    ]);
    expect(ranges(block('10.0.0.0/9', SOON), block('10.0.0.0/8', SOON))).toEqual([['10.0.0.0-10.255.255.255', Date.parse(SOON)]]);
  });
});
