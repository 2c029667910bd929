import { AppError } from '@phalanx/kit';

/** Which packets are meant: all of one IP protocol (VRRP is 112), or those to or from a port. */
export interface PacketKind {
  readonly protocol?: number;
  readonly udpPort?: number;
  readonly tcpPort?: number;
}

/** What happens to packets on a link now. */
export interface LinkFaults {
  /** Kinds that are dropped, both ways; `{}` is everything. */
  readonly cuts: readonly PacketKind[];
  readonly lossPercent: number;
}

export const NO_FAULTS: LinkFaults = { cuts: [], lossPercent: 0 };

/** Rules of a chain of the bridge family for the packets that `where` matches. */
export function faultRules(where: string, faults: LinkFaults): string[] {
  const rules = faults.cuts.flatMap((kind) => kindMatches(kind).map((match) => `${where} ${match} counter drop`));
  if (faults.lossPercent > 0) rules.push(`${where} numgen random mod 100 < ${Math.round(faults.lossPercent)} counter drop`);
  return rules;
}

function kindMatches({ protocol, udpPort, tcpPort }: PacketKind): string[] {
  const given = [protocol, udpPort, tcpPort].filter((value) => value !== undefined);
  if (given.length > 1) throw new AppError('invalid', 'lab.packet-kind', 'name one of protocol, udpPort and tcpPort');
  if (protocol !== undefined) return [`ether type ip ip protocol ${protocol}`, `ether type ip6 ip6 nexthdr ${protocol}`];
  if (udpPort !== undefined) return portMatches('udp', udpPort);
  return tcpPort === undefined ? [''] : portMatches('tcp', tcpPort);
}

function portMatches(protocol: 'udp' | 'tcp', port: number): string[] {
  return ['ip protocol', 'ip6 nexthdr'].flatMap((match) =>
    ['sport', 'dport'].map((side) => `ether type ${match.slice(0, match.indexOf(' '))} ${match} ${protocol} ${protocol} ${side} ${port}`),
  );
}
