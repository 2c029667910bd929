import type { NetworkThreat } from '@phalanx/contracts';
import type { Field, NftRate, NftRule, Term } from '../../../platform/nft/ruleset.js';
import {
  both,
  counted,
  FAMILIES,
  flags,
  goTo,
  inSet,
  is,
  jump,
  leave,
  masked,
  meter,
  notInSet,
  oneOf,
  rememberFor,
  rememberOnce,
} from '../../../platform/nft/terms.js';
import { SYN } from './floods.js';
import { ownBlockSet, type PacketTable } from './packet-table.js';

type Scan = Extract<NetworkThreat, 'syn-scan' | 'fin-scan' | 'null-scan' | 'xmas-scan' | 'sweep'>;

const PROBES_SIZE = 65_535;
/** Hosts behind the box that have answered once. */
const ALIVE_SECONDS = 3_600;
const ALL_FLAGS = 'fin|syn|rst|psh|ack|urg';

/** Flags with which nothing but a scanner sends (F40): each such packet is stopped, and who sends many to different ports is blocked. */
export function addFlagScans(table: PacketTable): void {
  table.add('edge', [
    [flags('fin', ALL_FLAGS), goTo(probe(table, 'fin-scan'))],
    [is(masked('tcp flags', `(${ALL_FLAGS})`), '0x0'), goTo(probe(table, 'null-scan'))],
    [flags('fin|psh|urg', ALL_FLAGS), goTo(probe(table, 'xmas-scan'))],
  ]);
}

/** New connections to the box's own ports at which nobody listens, and to addresses beyond it that never answered. Needs connections. */
export function addProbes(table: PacketTable): void {
  table.add('probes', [
    [is('fib daddr type', 'local'), SYN, jump('closed-ports')],
    [is('fib daddr type', 'local'), leave],
    ...both((family): NftRule => [
      // What has no route counts as well.
      { ...oneOf('fib daddr type', ['local', 'broadcast', 'anycast', 'multicast']), not: true } as Term,
      notInSet(family.daddr, alive(table, family.v)),
      is('meta nfproto', family.nfproto),
      goTo(probe(table, 'sweep')),
    ]),
  ]);
  table.add('closed-ports', [[oneOf('socket wildcard', [0, 1]), leave], [goTo(probe(table, 'syn-scan'))]]);
  table.add('state', [
    ...both((family): NftRule => [
      is('ct direction', 'reply'),
      notInSet(family.saddr, alive(table, family.v)),
      rememberOnce(alive(table, family.v), [family.saddr]),
    ]),
    [is('ct state', 'new'), jump('probes')],
  ]);
}

function alive(table: PacketTable, v: 4 | 6): string {
  return table.live(`alive-${v}`, [v === 4 ? 'ipv4_addr' : 'ipv6_addr'], PROBES_SIZE, ALIVE_SECONDS);
}

/** The chain that counts what a source has touched, and blocks it when that is too much. */
function probe(table: PacketTable, scan: Scan): string {
  const { scans } = table.network.policy.protections;
  const name = `probe-${scan}`;
  if (table.has(name)) return name;
  const isForbiddenAnyway = scan === 'fin-scan' || scan === 'null-scan' || scan === 'xmas-scan';
  const stop = table.stop(scan);
  const otherwise = isForbiddenAnyway ? stop : leave;
  const rules = FAMILIES.flatMap((family): NftRule[] => {
    const hasPort = scan !== 'sweep';
    const key: Field[] = hasPort ? [family.saddr, family.daddr, 'th dport'] : [family.saddr, family.daddr];
    const types = hasPort ? [family.type, family.type, 'inet_service'] : [family.type, family.type];
    const touched = table.live(
      `touched-${hasPort ? 'ports' : 'hosts'}-${family.v}-${scans.windowSeconds}s`,
      types,
      PROBES_SIZE,
      scans.windowSeconds,
    );
    const meters = table.live(
      `scanners-${family.v}-${scans.targets}-in-${scans.windowSeconds}s`,
      [family.type],
      PROBES_SIZE,
      Math.max(60, scans.windowSeconds),
    );
    return [
      [inSet(key, touched), otherwise],
      [rememberOnce(touched, key)],
      [
        meter(meters, [counted(family)], targetsRate(scans)),
        rememberFor(scans.blockSeconds, ownBlockSet('scan', family.v), [counted(family)]),
        stop,
      ],
    ];
  });
  table.add(name, [...rules, ...(isForbiddenAnyway ? [[stop]] : [])]);
  return name;
}

/** So many within the window: a bucket of that size that fills up again within it. */
function targetsRate({ targets, windowSeconds }: { readonly targets: number; readonly windowSeconds: number }): NftRate {
  return { count: Math.max(1, Math.round((targets * 3600) / windowSeconds)), per: 'hour', burst: targets - 1 };
}
