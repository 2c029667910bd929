import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS, type Settings } from '../policy/settings.js';
import { bypassRefusal } from './bypass-refusal.js';

const ID = '00000000-0000-4000-8000-00000000000';

function subject(
  id: number,
  upstream: { protocol?: 'http' | 'https'; hosts?: readonly string[] } = {},
  tls: Settings['tls'] = DEFAULT_SETTINGS.tls,
) {
  const { protocol = 'http', hosts = ['10.0.0.1'] } = upstream;
  const targets = hosts.map((host) => ({ host, port: 8080, weight: 1 }));
  const settings = { ...DEFAULT_SETTINGS, tls };
  return {
    id: `${ID}${id}`,
    name: `shop ${id}`,
    listenPort: 80,
    upstream: { protocol, targets, balance: 'round-robin' as const, verify: true, caPem: null, serverName: null },
    settings,
  };
}
const TLS: Settings['tls'] = { certificateId: `${ID}9`, minVersion: 'TLSv1.2' };

describe('a bypass', () => {
  it('is possible where one application owns its port and its origin speaks as the listener does', () => {
    expect(bypassRefusal(subject(1), [subject(1)])).toBeNull();
    const tls = subject(1, { protocol: 'https', hosts: ['10.0.0.1', 'fd00::1'] }, TLS);
    expect(bypassRefusal(tls, [tls])).toBeNull();
  });

  it.each([
    ['a shared port', subject(1), [subject(1), subject(2)], /shared with shop 2/],
    ['TLS that only the box speaks', subject(1, {}, TLS), [], /clients speak TLS/],
    ['TLS that only the origin speaks', subject(1, { protocol: 'https' }), [], /origin speaks TLS/],
    ['an origin by name', subject(1, { hosts: ['10.0.0.1', 'shop.example'] }), [], /shop\.example is a name/],
    ['an origin on the box', subject(1, { hosts: ['127.0.0.1'] }), [], /the box itself/],
  ])('is refused with its reason: %s', (_, candidate, all, reason) => {
    expect(bypassRefusal(candidate, all)).toMatch(reason);
  });
});
