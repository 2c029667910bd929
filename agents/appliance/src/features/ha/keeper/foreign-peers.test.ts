import { expect, it } from '@jest/globals';
import { networkEventSchema } from '@phalanx/contracts';
import type { RecordedEvent } from '../../../platform/feature.js';
import { instantNow, readBootId } from '../../../platform/box-identity.js';
import { sampleHa } from '../../../testing/sample-ha.js';
import { ForeignPeers } from './foreign-peers.js';

it('tells of packets that were not the peer’s: each once, with their source', () => {
  const events: RecordedEvent[] = [];
  const peers = new ForeignPeers((event) => events.push(event));
  const seen = (packets: number) => [{ source: '10.9.0.66', protocol: 'vrrp', packets, bytes: packets * 40 }];
  peers.take(seen(3), sampleHa());
  peers.take(seen(3), sampleHa());
  peers.take([...seen(5), { source: '10.9.0.67', protocol: 'udp', packets: 1, bytes: 30 }], sampleHa());
  // The kernel has forgotten it, and sees it again.
  peers.take([], sampleHa());
  peers.take(seen(1), sampleHa());
  const told = events.map((event) => networkEventSchema.parse({ ...event, ...instantNow(), bootId: readBootId() }));
  expect(told.map(({ threat, source, protocol, port, count, bytes }) => [threat, source, protocol, port, count, bytes])).toEqual([
    ['foreign-peer', '10.9.0.66', 'vrrp', null, 3, 120],
    ['foreign-peer', '10.9.0.66', 'vrrp', null, 2, 80],
    ['foreign-peer', '10.9.0.67', 'udp', 3780, 1, 30],
    ['foreign-peer', '10.9.0.66', 'vrrp', null, 1, 40],
  ]);
});
