import type { Rate } from '@phalanx/contracts';
import type { NftRate, NftRule, Term } from '../../../platform/nft/ruleset.js';
import { both, counted, FAMILIES, type Family, flags, inSet, is, meter, notrack, oneOf, rememberFor } from '../../../platform/nft/terms.js';
import { listenerMatches } from './listeners.js';
import { ownBlockSet, type PacketTable } from './packet-table.js';

const METERED_SOURCES = 65_535;
const METERED_TARGETS = 4_096;
/** A source that was silent for so long begins with a full burst again. */
const METER_SECONDS = 30;

/** Types of ICMPv6 without which IPv6 doesn't work: errors about one's own packets, multicast listeners. */
const NEEDED_6 = ['1-4', '130-132', '143'];

export const SYN: Term = flags('syn', 'fin|syn|rst|ack');

/** What one source sends beyond its rate (F39). IPv6: what one network of 64 bits sends. */
export function addFloods(table: PacketTable): void {
  const { floods } = table.network.policy.protections;
  const icmp = (family: Family): Term[] =>
    family.v === 4
      ? [is('meta l4proto', 'icmp')]
      : [is('meta l4proto', 'ipv6-icmp'), { ...oneOf('icmpv6 type', NEEDED_6), not: true } as Term];
  if (floods.syn) addMeter(table, 'syn', floods.syn, () => [SYN]);
  if (floods.udp) addMeter(table, 'udp', floods.udp, () => [is('meta l4proto', 'udp')]);
  if (floods.icmp) addMeter(table, 'icmp', floods.icmp, icmp);
  if (floods.synTotal) addTotal(table, floods.synTotal);
}

function addMeter(table: PacketTable, what: 'syn' | 'udp' | 'icmp', rate: Rate, packets: (family: Family) => Term[]): void {
  const stop = table.stop(`${what}-flood`);
  const { blockSeconds } = table.network.policy.protections.floods;
  const rules = both((family): NftRule => {
    const set = table.live(`rate-${what}-${family.v}`, [family.type], METERED_SOURCES, METER_SECONDS);
    const block = blockSeconds > 0 ? [rememberFor(blockSeconds, ownBlockSet('flood', family.v), [counted(family)])] : [];
    return [...packets(family), meter(set, [counted(family)], rateOf(rate)), ...block, stop];
  });
  table.add('edge', rules);
  // Where no room is left to note the block, the packet is dropped all the same.
  if (blockSeconds > 0)
    table.add(
      'edge',
      both((family): NftRule => [...packets(family), inSet(counted(family), ownBlockSet('flood', family.v)), stop]),
    );
}

/** Beyond the rate of all sources together, connections to a listener are answered with SYN cookies and not tracked before they are proved. */
function addTotal(table: PacketTable, rate: Rate): void {
  for (const { v, terms } of listenerMatches(table))
    table.add(
      'edge',
      FAMILIES.filter((family) => v === null || family.v === v).map(({ v: own, daddr, type, nfproto }): NftRule => {
        const set = table.live(`total-syn-${own}`, [type, 'inet_service'], METERED_TARGETS, METER_SECONDS);
        return [is('meta nfproto', nfproto), SYN, ...terms, meter(set, [daddr, 'tcp dport'], rateOf(rate)), notrack];
      }),
    );
}

export const rateOf = ({ perSecond, burst }: Rate): NftRate => ({ count: perSecond, per: 'second', burst });
