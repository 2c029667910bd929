import type { NftRule } from '../../../platform/nft/ruleset.js';
import { accept, both, counted, inSet, is, meter, notInSet, oneOf } from '../../../platform/nft/terms.js';
import { accessRules } from './access-rules.js';
import { NEIGHBOUR_DISCOVERY } from './edge.js';
import { rateOf } from './floods.js';
import { listenerMatches } from './listeners.js';
import type { PacketTable } from './packet-table.js';
import { mergedPorts } from './protocols.js';

const METERED_SOURCES = 65_535;
const METER_SECONDS = 60;
/** @see RFC 9568 */
const VRRP = 112;
/** What a SYN cookie can carry. */
const SYNPROXY = { kind: 'synproxy', mss: 1460, windowScale: 7 } as const;

/** To the box itself (F38, F44): never shut are loopback, what is established, neighbour discovery and the peer. */
export function addInput(table: PacketTable): void {
  const { policy } = table.network;
  table.base('input', { type: 'filter', at: 'input', priority: 0 }, [
    [is('iifname', '"lo"'), accept],
    ...(policy.protections.floods.synTotal ? synproxy(table) : []),
    [oneOf('ct state', ['established', 'related']), accept],
    [...NEIGHBOUR_DISCOVERY, accept],
    // Who listens to which group: without it switches cut VRRP and neighbour discovery off.
    [is('ip protocol', 'igmp'), accept],
    [oneOf('icmpv6 type', ['130-132', 143]), accept],
    ...peer(table),
    ...management(table),
    ...accessRules(table, 'input'),
    ...listenerMatches(table).map(({ terms }): NftRule => [...terms, accept]),
    // Where the box itself led a connection: the engine's stand-in while it is away.
    [is('ct status', 'dnat'), accept],
    ...(policy.defaults.input === 'drop' ? [[table.stop('default')]] : []),
  ]);
}

/** Through the box (F38). */
export function addForward(table: PacketTable): void {
  const { policy } = table.network;
  table.base('forward', { type: 'filter', at: 'forward', priority: 0 }, [
    [oneOf('ct state', ['established', 'related']), accept],
    ...accessRules(table, 'forward'),
    [is('ct status', 'dnat'), accept],
    ...(policy.defaults.forward === 'drop' ? [[table.stop('default')]] : []),
  ]);
}

function synproxy(table: PacketTable): NftRule[] {
  return listenerMatches(table).map(({ terms }): NftRule => [...terms, is('ct state', 'invalid,untracked'), SYNPROXY]);
}

/** VRRP and connection-sync packets of the pair come from its other member or not at all. */
function peer(table: PacketTable): NftRule[] {
  const { peer: other } = table.network;
  const foreign = table.stop('foreign-peer');
  if (!other) return [[is('meta l4proto', VRRP), foreign]];
  const sync = other.syncPort;
  const from = is('iifname', `"${other.interface}"`);
  const trusted = both((family) => {
    const set = table.addresses('peer', other.addresses, family);
    return set === null ? [] : [inSet(family.saddr, set)];
  }).filter((match) => match.length > 0);
  return [
    ...trusted.map((match): NftRule => [is('meta l4proto', VRRP), from, ...match, accept]),
    [is('meta l4proto', VRRP), foreign],
    ...(sync === null
      ? []
      : [...trusted.map((match): NftRule => [is('udp dport', sync), from, ...match, accept]), [is('udp dport', sync), foreign]]),
  ];
}

/** The box's own doors: only from the named networks, and not faster than allowed. */
function management(table: PacketTable): NftRule[] {
  const { networks, ports, rate } = table.network.policy.management;
  if (ports.length === 0) return [];
  const refused = table.stop('management');
  const isDoor = inSet('th dport', table.fixed('management-ports', { types: ['inet_service'] }, mergedPorts(ports)));
  const isTransport = oneOf('meta l4proto', ['tcp', 'udp']);
  table.add('management', [
    ...both((family): NftRule => {
      const set = table.addresses('management', networks, family);
      return set === null
        ? [is('meta nfproto', family.nfproto), refused]
        : [is('meta nfproto', family.nfproto), notInSet(family.saddr, set), refused];
    }),
    ...both((family): NftRule => {
      const set = table.live(`rate-management-${family.v}`, [family.type], METERED_SOURCES, METER_SECONDS);
      return [meter(set, [counted(family)], rateOf(rate)), refused];
    }),
    [accept],
  ]);
  return [[isTransport, isDoor, { kind: 'goto', chain: 'management' }]];
}
