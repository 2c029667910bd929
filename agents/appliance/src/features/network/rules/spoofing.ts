import { is, jump, leave, oneOf } from '../../../platform/nft/terms.js';
import type { PacketTable } from './packet-table.js';

/** Sources that no packet on a wire may have. @see RFC 6890 and RFC 4291 */
const MARTIANS_4 = ['0.0.0.0/8', '127.0.0.0/8', '224.0.0.0/4', '240.0.0.0/4'];
const MARTIANS_6 = ['::1/128', '::ffff:0:0/96', 'ff00::/8'];

/** Types of ICMPv6 that a host without an address sends: neighbour and router solicitation, multicast listener reports. */
const WITHOUT_ADDRESS_6 = [131, 132, 133, 135, 143];

/**
 * Sources that can't be true (F41): never used on a wire, the box's own, or such that the way back is not the way in (RFC 3704). An interface that
 * the policy doesn't name is checked loosely: there must be a way back at all.
 */
export function addSpoofing(table: PacketTable): void {
  const { policy, member } = table.network;
  const isWanted = policy.protections.spoofing;
  const named = (how: 'strict' | 'off') =>
    member.interfaces.filter(({ antiSpoofing }) => antiSpoofing === how).map(({ name }) => `"${name}"`);
  const only = (names: string[], rule: (names: string[]) => Parameters<PacketTable['add']>[1]) => (names.length > 0 ? rule(names) : []);
  if (isWanted || policy.protections.malformed)
    table.add('edge', [[is('fib saddr type', 'local'), is('fib daddr type', 'local'), table.stop('land')]]);
  if (!isWanted) return;
  const spoofed = table.stop('spoofed');
  table.add('source', [
    // A host without an address asks for one, and one with a new address asks whether it is taken.
    [is('ip saddr', '0.0.0.0'), oneOf('udp dport', [67, 68]), leave],
    [is('ip saddr', '0.0.0.0'), is('ip protocol', 'igmp'), leave],
    [is('ip6 saddr', '::'), oneOf('icmpv6 type', WITHOUT_ADDRESS_6), leave],
    [oneOf('ip saddr', MARTIANS_4), spoofed],
    [oneOf('ip6 saddr', MARTIANS_6), spoofed],
    [is('fib saddr type', 'local'), spoofed],
    ...only(named('off'), (names) => [[oneOf('iifname', names), leave]]),
    ...only(named('strict'), (names) => [
      [oneOf('iifname', names), is('fib saddr . iif oif', 'missing'), spoofed],
      [oneOf('iifname', names), leave],
    ]),
    [is('fib saddr oif', 'missing'), spoofed],
  ]);
  table.add('edge', [[jump('source')]]);
}
