import { type InterfaceFigures, type NetworkFigures, NETWORK_THREATS, type NetworkThreat } from '@phalanx/contracts';
import type { RunTool } from '../../platform/system-tools.js';
import type { PacketWatch } from './packet-watch.js';

const MOST_INTERFACES = 64;
const MOST_RULES = 5_000;

interface IpCounts {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}
interface IpLink {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly stats64: { readonly rx: IpCounts; readonly tx: IpCounts };
}

/** The packet engine's part of a heartbeat, from the kernel; blocks are told by the feature `blocks`. */
export async function readFigures(run: RunTool, watch: PacketWatch): Promise<NetworkFigures> {
  const [interfaces, connections] = [await readInterfaces(run), await readConnections(run)];
  const stopped = new Map<NetworkThreat, { packets: number; bytes: number }>();
  const rules: { id: string; packets: number; bytes: number }[] = [];
  for (const [code, { packets, bytes }] of watch.counts()) {
    const noted = watch.meaning(code);
    if (!noted) continue;
    if (noted.rule !== null && rules.length < MOST_RULES) rules.push({ id: noted.rule, packets, bytes });
    if (noted.action === 'passed') continue;
    const sum = stopped.get(noted.threat) ?? { packets: 0, bytes: 0 };
    stopped.set(noted.threat, { packets: sum.packets + packets, bytes: sum.bytes + bytes });
  }
  return {
    interfaces,
    stopped: NETWORK_THREATS.flatMap((threat) => (stopped.has(threat) ? [{ threat, ...stopped.get(threat)! }] : [])),
    rules,
    connections,
    blocks: { desired: 0, inKernel: 0 },
    ownBlocks: [],
    ownBlocksTotal: 0,
  };
}

async function readInterfaces(run: RunTool): Promise<InterfaceFigures[]> {
  const links = JSON.parse(await run('ip', ['-j', '-s', 'link', 'show'])) as readonly IpLink[];
  return links.slice(0, MOST_INTERFACES).map(({ ifname, flags, stats64: { rx, tx } }) => ({
    name: ifname,
    up: flags.includes('UP') && !flags.includes('NO-CARRIER'),
    receivedBytes: rx.bytes,
    receivedPackets: rx.packets,
    receivedDropped: rx.dropped,
    receivedErrors: rx.errors,
    sentBytes: tx.bytes,
    sentPackets: tx.packets,
    sentDropped: tx.dropped,
    sentErrors: tx.errors,
  }));
}

/** Null where the kernel tracks no connections. */
async function readConnections(run: RunTool): Promise<NetworkFigures['connections']> {
  const text = await run('sysctl', ['-n', '-e', 'net.netfilter.nf_conntrack_count', 'net.netfilter.nf_conntrack_max']);
  const [tracked, limit] = text.split('\n').filter(Boolean).map(Number);
  return tracked === undefined || limit === undefined ? null : { tracked, limit };
}
