import { isIPv6 } from 'node:net';
import type { ApplianceHa } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import type { RunTool } from '../../platform/system-tools.js';

const TABLE = 'inet phalanx_ha';
const VRRP = 112;

/**
 * The table that lets VRRP and connection-sync packets in from the signed peer alone, at its interface; all others are dropped, and counted by
 * source. It stands beside the packet engine's own table, before connection tracking.
 */
export function renderPeerTable(ha: ApplianceHa): string {
  const { settings, peer } = ha;
  const isPeer = `iifname "${ha.interface}" ${isIPv6(peer.address) ? 'ip6' : 'ip'} saddr ${peer.address}`;
  const sync = settings.syncPort === null ? [] : [`udp dport ${settings.syncPort}`];
  const foreignSet = (name: string, type: string) =>
    `  set ${name} { type ${type} . inet_proto; size 1024; flags dynamic,timeout; timeout 1h; }`;
  const lines = [
    `table ${TABLE}`,
    `delete table ${TABLE}`,
    `table ${TABLE} {`,
    '  counter peer_vrrp { }',
    '  counter peer_sync { }',
    '  counter foreign { }',
    foreignSet('foreign4', 'ipv4_addr'),
    foreignSet('foreign6', 'ipv6_addr'),
    '  chain input {',
    '    type filter hook input priority -310; policy accept;',
    `    meta l4proto ${VRRP} ${isPeer} counter name peer_vrrp accept`,
    ...sync.map((port) => `    ${port} ${isPeer} counter name peer_sync accept`),
    `    meta l4proto ${VRRP} goto foreign`,
    ...sync.map((port) => `    ${port} goto foreign`),
    '  }',
    '  chain foreign {',
    '    update @foreign4 { ip saddr . meta l4proto counter }',
    '    update @foreign6 { ip6 saddr . meta l4proto counter }',
    '    counter name foreign drop',
    '  }',
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

export async function applyPeerTable(ha: ApplianceHa, run: RunTool): Promise<void> {
  await run('nft', ['-f', '-'], { input: renderPeerTable(ha) });
}

export async function removePeerTable(run: RunTool): Promise<void> {
  await run('nft', ['-f', '-'], { input: `table ${TABLE}\ndelete table ${TABLE}\n` });
}

/** The table's rules as the kernel has them, without what changes by itself; empty when there is no table. */
export async function readPeerTable(run: RunTool): Promise<string[]> {
  let listed: string;
  try {
    listed = await run('nft', ['-s', 'list', 'table', 'inet', 'phalanx_ha']);
  } catch (error) {
    if (error instanceof AppError && error.code === 'tool.refused') return [];
    throw error;
  }
  const kept: string[] = [];
  let isInElements = false;
  for (const line of listed.split('\n')) {
    if (/^\s*elements = \{/.test(line)) isInElements = true;
    if (!isInElements && line.trim() !== '') kept.push(line.replaceAll('\t', '  '));
    if (isInElements && line.trimEnd().endsWith('}')) isInElements = false;
  }
  return kept;
}

/** Packets of one source that were not the peer's. */
export interface ForeignPackets {
  readonly source: string;
  readonly protocol: string;
  readonly packets: number;
  readonly bytes: number;
}
interface PeerCounts {
  /** Advertisements of the peer that were let in since the table was set. */
  readonly peerVrrp: number;
  readonly foreign: readonly ForeignPackets[];
}

interface Listed {
  readonly counter?: { readonly name: string; readonly packets: number };
  readonly set?: { readonly elem?: readonly { readonly elem: ListedElement }[] };
}
interface ListedElement {
  readonly val: { readonly concat: readonly [string, string] };
  readonly counter?: { readonly packets: number; readonly bytes: number };
}

/** What was counted; null where there is no table. */
export async function readPeerCounts(run: RunTool): Promise<PeerCounts | null> {
  let listed: readonly Listed[];
  try {
    listed = (JSON.parse(await run('nft', ['-j', 'list', 'table', 'inet', 'phalanx_ha'])) as { nftables: Listed[] }).nftables;
  } catch (error) {
    // No table: the facet's read-back reports it.
    if (error instanceof AppError && error.code === 'tool.refused') return null;
    throw error;
  }
  const foreign = listed
    .flatMap(({ set }) => set?.elem ?? [])
    .map(({ elem }) => ({
      source: elem.val.concat[0],
      protocol: elem.val.concat[1],
      packets: elem.counter?.packets ?? 0,
      bytes: elem.counter?.bytes ?? 0,
    }));
  return { peerVrrp: listed.find(({ counter }) => counter?.name === 'peer_vrrp')?.counter?.packets ?? 0, foreign };
}
