import type { NftRule, Term } from '../../../platform/nft/ruleset.js';
import { both, counted, FAMILIES, inSet, is, leave, oneOf } from '../../../platform/nft/terms.js';
import { addFloods } from './floods.js';
import { addFragments } from './fragments.js';
import { addMalformed } from './malformed.js';
import { OWN_BLOCK_REASONS, ownBlockSet, type PacketTable, releasedSet } from './packet-table.js';
import { addFlagScans } from './scans.js';
import { addSpoofing } from './spoofing.js';

/** Before the kernel puts fragments together (-400): each packet as it came in. */
const EDGE_PRIORITY = -450;

/** Neighbour discovery (RFC 4861), which can't come from beyond the link where its hop limit is 255. */
export const NEIGHBOUR_DISCOVERY: readonly Term[] = [is('ip6 hoplimit', 255), oneOf('icmpv6 type', ['133-137'])];

/** The first chain: lies about the source, blocked sources, fragments, impossible packets, scans by flags, floods (F39 to F42). Knows no connections. */
export function addEdge(table: PacketTable): void {
  table.base('edge', { type: 'filter', at: 'prerouting', priority: EDGE_PRIORITY }, [
    [is('iifname', '"lo"'), leave],
    [...NEIGHBOUR_DISCOVERY, leave],
  ]);
  // First: whether a source is exempt says nothing as long as it may be made up.
  addSpoofing(table);
  table.add('edge', unjudged(table));
  for (const family of FAMILIES)
    for (const reason of OWN_BLOCK_REASONS)
      table.add('edge', [[inSet(counted(family), ownBlockSet(reason, family.v)), table.stop('blocked-address')]]);
  addFragments(table);
  // Before what is wrong in general: FIN alone is a scan, and wrong besides.
  if (table.network.policy.protections.scans.enabled) addFlagScans(table);
  addMalformed(table);
  addFloods(table);
}

/** Leaves the chain where the source is exempt, the peer, or released by the operator. */
export function unjudged(table: PacketTable): NftRule[] {
  const { policy, peer } = table.network;
  const exempt = both((family) => {
    const trusted = table.addresses('exempt', [...policy.protections.exempt, ...(peer?.addresses ?? [])], family);
    return trusted === null ? [] : [inSet(family.saddr, trusted), leave];
  });
  return [...exempt.filter((rule) => rule.length > 0), ...both(({ v, saddr }) => [inSet(saddr, releasedSet(v)), leave])];
}
