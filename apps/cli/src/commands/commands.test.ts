import { describe, expect, it } from '@jest/globals';
import type { FacetView, HaView } from '@phalanx/contracts';
import { parseAddresses, parseDuration } from './blocks.js';
import { describeDrift } from './drift.js';
import { describePair } from './ha.js';

describe('a duration', () => {
  it.each([
    ['90s', 90],
    ['15m', 900],
    ['2h', 7200],
    ['7d', 604_800],
  ])('of %s is %d seconds', (text, seconds) => expect(parseDuration(text)).toBe(seconds));
  it.each(['', '2', 'h', '1.5h', '-1h', '2 h'])('can’t be “%s”', (text) => expect(() => parseDuration(text)).toThrow(/no duration/));
});

describe('a file of addresses', () => {
  it('has one a line, with remarks', () => {
    expect(parseAddresses('# bots\n203.0.113.9 # seen today\n\n  2001:db8::/32\n')).toEqual(['203.0.113.9', '2001:db8::/32']);
  });
});

describe('a pair', () => {
  it('is shown by how it stands, then member by member', () => {
    const pair = {
      settings: { virtualAddresses: [{ address: '192.0.2.100/24', interface: 'eth0' }], vrid: 7, advertMs: 100, preempt: false },
      condition: 'whole',
      conditionReason: 'one is master; two stands by and hears it',
      conditionSince: '2026-11-21T09:00:00.000Z',
      members: [{ name: 'one', address: '192.0.2.1', priority: 150, online: true, order: 'normal', status: null }],
    } as unknown as HaView;
    expect(describePair(pair).split('\n')).toEqual([
      'whole: one is master; two stands by and hears it (since 2026-11-21T09:00:00.000Z)',
      '192.0.2.100/24; virtual router 7, every 100 ms, not preempting',
      'MEMBER  ADDRESS    PRIORITY  ONLINE  STATE  WHY  SINCE  ORDER   ENGINE  SYNC',
      'one     192.0.2.1       150  online  -      -    -      normal  -       -',
    ]);
  });
});

describe('drift', () => {
  it('is shown with its difference and who ignores it, without a stranger’s control characters', () => {
    const facet = {
      facet: 'network',
      reason: 'it was changed',
      diff: '-drop\n+acc\u001bept\n',
      ignored: { by: 'operator:kim', at: 'today' },
    };
    expect(describeDrift([facet as unknown as FacetView])).toBe(
      'network: it was changed (ignored by operator:kim at today)\n-drop\n+acc\\x1bept',
    );
    expect(describeDrift([])).toBe('nothing drifted');
  });
});
