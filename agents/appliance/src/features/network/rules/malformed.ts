import type { NftRule } from '../../../platform/nft/ruleset.js';
import { below, flags, is, isNot, jump, leave, masked, oneOf, over } from '../../../platform/nft/terms.js';
import { IPV6_FRAGMENT, OFFSET_6 } from './fragments.js';
import type { PacketTable } from './packet-table.js';

/** The largest packet that IP can carry; a fragment that ends behind it is the ping of death. */
const LARGEST = 65_535;
/** Offsets (in units of 8 bytes) from which on a jumbo frame, an ordinary frame can reach behind it. */
const JUMBO_FROM = 7_032;
const ORDINARY_FROM = 8_000;
const HEADER_4 = 20;
const FRAGMENT_HEADER_6 = 8;

/** Combinations of TCP flags without a meaning: these set, the others of the second list not. @see RFC 9293 3.1 */
const IMPOSSIBLE_FLAGS = [
  ['fin|syn', 'fin|syn'],
  ['syn|rst', 'syn|rst'],
  ['fin|rst', 'fin|rst'],
  ['fin', 'fin|ack'],
  ['psh', 'psh|ack|rst|syn'],
  ['urg', 'urg|ack|rst|syn'],
] as const;

/** Packets that no honest host sends (F39). */
export function addMalformed(table: PacketTable): void {
  if (!table.network.policy.protections.malformed) return;
  const malformed = table.stop('malformed');
  const smurf = table.stop('smurf');
  table.add('malformed', [
    ...overlong(table),
    [is('fib saddr type', 'broadcast'), smurf],
    [is('fib daddr type', 'broadcast'), is('icmp type', 'echo-request'), smurf],
    [is('fib daddr type', 'multicast'), is('icmp type', 'echo-request'), smurf],
    [is('fib daddr type', 'multicast'), is('icmpv6 type', 'echo-request'), smurf],
    // Echo and chargen answer whatever they are sent.
    [oneOf('fib daddr type', ['broadcast', 'multicast']), oneOf('udp dport', [7, 19]), smurf],
    [is('ip option lsrr', 'exists'), table.stop('source-route')],
    [is('ip option ssrr', 'exists'), table.stop('source-route')],
    [is('rt type', 0), table.stop('source-route')],
    // Headers below come with the first fragment only.
    [isNot(masked('ip frag-off', '0x1fff'), 0), leave],
    [is('ip protocol', 'tcp'), below('ip length', 40), malformed],
    [is('ip protocol', 'udp'), below('ip length', 28), malformed],
    [is('ip protocol', 'icmp'), below('ip length', 28), malformed],
    [is('ip6 nexthdr', 'tcp'), below('ip6 length', 20), malformed],
    [is('ip6 nexthdr', 'udp'), below('ip6 length', 8), malformed],
    [below('udp length', 8), malformed],
    [below('tcp doff', 5), malformed],
    [oneOf('meta l4proto', ['tcp', 'udp']), is('th dport', 0), malformed],
    [oneOf('meta l4proto', ['tcp', 'udp']), is('th sport', 0), malformed],
    [is('tcp dport', 139), flags('urg', 'urg'), table.stop('winnuke')],
    ...IMPOSSIBLE_FLAGS.map(([set, among]) => [flags(set, among), table.stop('bad-flags')]),
  ]);
  table.add('edge', [[jump('malformed')]]);
}

/**
 * (offset, length) of fragments that would end behind the largest packet. Far from its end, where only jumbo frames reach, offsets are taken eight at
 * a time: what slips through there the kernel discards when it puts the packet together.
 */
function overlong(table: PacketTable): NftRule[] {
  // The reassembled packet has the header once: what a fragment carries may end at 65,535 less the header (IPv6 doesn't count its own).
  const pairs = (v: 4 | 6): string[] => {
    const elements: string[] = [];
    for (let offset = JUMBO_FROM, step = 8; offset < 8192; offset += step) {
      if (offset >= ORDINARY_FROM) step = 1;
      const room = Math.max(LARGEST - (v === 4 ? HEADER_4 : 0) - offset * 8, 0);
      const longest = room + (v === 4 ? HEADER_4 : FRAGMENT_HEADER_6);
      // Flags stand in the lowest three bits of IPv6's field.
      const [first, last] = v === 4 ? [offset, offset + step - 1] : [offset * 8, (offset + step) * 8 - 1];
      elements.push(`${first === last ? first : `${first}-${last}`} . ${longest + 1}-${LARGEST}`);
    }
    return elements;
  };
  const offset4 = masked('ip frag-off', '0x1fff');
  const stop = table.stop('ping-of-death');
  return [
    [over(offset4, JUMBO_FROM - 1), oneOf([offset4, 'ip length'], pairs(4)), stop],
    [is('ip6 nexthdr', IPV6_FRAGMENT), over('frag frag-off', JUMBO_FROM - 1), oneOf([OFFSET_6, 'ip6 length'], pairs(6)), stop],
  ];
}
