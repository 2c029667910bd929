import type { Field, NftRule } from '../../../platform/nft/ruleset.js';
import { below, inSet, is, isNot, jump, mark, masked, over, remember } from '../../../platform/nft/terms.js';
import type { PacketTable } from './packet-table.js';

/** Counts fragments that pass: whether they overlap in part is seen from all of them together. */
export const FRAGMENTS_SEEN = 0x30_00_00_00;
/** Source, number, offset and length of fragments: nft 1.0.6 can't list sets with the destination besides. */
export const fragmentSet = (v: 4 | 6): string => `fragment-sizes-${v}`;

/** An IPv6 fragment header that follows the main one; its offset with flags, and its number. @see RFC 8200 4.5 */
export const IPV6_FRAGMENT = 44;
export const OFFSET_6 = '@nh,336,16';
const NUMBER_6 = '@nh,352,32';

/** A fragment with more to come is as long as a wire carries: no wire of today carries less than this of IPv4 (total) or IPv6 (payload). */
const SHORTEST_4 = 256;
const SHORTEST_6 = 640;
/** How long a fragment waits for the others, at most; later the same number is another packet's. */
const KNOWN_SECONDS = 5;
const KNOWN_SIZE = 65_535;

/** Fragments (F42), before the kernel puts them together; what overlaps in part the kernel discards by itself. */
export function addFragments(table: PacketTable): void {
  const { fragments } = table.network.policy.protections;
  if (fragments === 'off') return;
  const offset4 = masked('ip frag-off', '0x1fff');
  const isFragment4 = isNot(masked('ip frag-off', '0x3fff'), 0);
  const isFragment6 = is('exthdr frag', 'exists');
  if (fragments === 'drop-all') {
    table.add('edge', [
      [isFragment4, table.stop('fragment')],
      [isFragment6, table.stop('fragment')],
    ]);
    return;
  }
  const tiny = table.stop('tiny-fragment');
  const overlapping = table.stop('overlapping-fragment');
  const key4 = ['ip saddr', 'ip daddr', 'ip id', offset4] as const;
  const size4 = ['ip saddr', 'ip id', offset4, 'ip length'] as const;
  const key6: readonly Field[] = ['ip6 saddr', 'ip6 daddr', NUMBER_6, OFFSET_6];
  const size6: readonly Field[] = ['ip6 saddr', NUMBER_6, OFFSET_6, 'ip6 length'];
  table.liveOf('fragments-4', ['ip saddr', 'ip daddr', 'ip id', 'ip frag-off'], KNOWN_SIZE, KNOWN_SECONDS);
  table.liveOf(fragmentSet(4), ['ip saddr', 'ip id', 'ip frag-off', 'ip length'], KNOWN_SIZE, KNOWN_SECONDS);
  table.liveOf(fragmentSet(6), size6, KNOWN_SIZE, KNOWN_SECONDS);
  table.liveOf('fragments-6', key6, KNOWN_SIZE, KNOWN_SECONDS);
  // The mark belongs to what comes after.
  const seen: NftRule[] = [table.counted(FRAGMENTS_SEEN), [mark(0)]];
  table.add('fragments-4', [
    [isNot(masked('ip frag-off', '0x2000'), 0), below('ip length', SHORTEST_4), tiny],
    // The first one was longer than this, or it would have been refused.
    [over(offset4, 0), below(offset4, Math.floor((SHORTEST_4 - 20) / 8)), overlapping],
    [inSet(key4, 'fragments-4'), overlapping],
    ...seen,
    [remember('fragments-4', key4)],
    [remember(fragmentSet(4), size4)],
  ]);
  table.add('fragments-6', [
    [is('frag more-fragments', 1), below('ip6 length', SHORTEST_6), tiny],
    [over('frag frag-off', 0), below('frag frag-off', Math.floor((SHORTEST_6 - 8) / 8)), overlapping],
    [is('ip6 nexthdr', IPV6_FRAGMENT), inSet(key6, 'fragments-6'), overlapping],
    ...seen,
    [is('ip6 nexthdr', IPV6_FRAGMENT), remember('fragments-6', key6)],
    [is('ip6 nexthdr', IPV6_FRAGMENT), remember(fragmentSet(6), size6)],
  ]);
  table.add('edge', [
    [isFragment4, jump('fragments-4')],
    [isFragment6, jump('fragments-6')],
  ]);
}
