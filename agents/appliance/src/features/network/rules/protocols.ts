import type { Service } from '@phalanx/contracts';
import type { Field, Term } from '../../../platform/nft/ruleset.js';
import { is, oneOf } from '../../../platform/nft/terms.js';

/** Matches for services; each list of terms fits some of them, with the family that it is bound to. No services: everything. */
export function protocolMatches(services: readonly Service[]): { readonly v: 4 | 6 | null; readonly terms: Term[] }[] {
  if (services.length === 0) return [{ v: null, terms: [] }];
  const matches: { v: 4 | 6 | null; terms: Term[] }[] = [];
  for (const protocol of ['tcp', 'udp', 'sctp'] as const) {
    const ports = services.flatMap((service) => (service.protocol === protocol ? service.ports : []));
    if (ports.length > 0) matches.push({ v: null, terms: [oneOf(`${protocol} dport` satisfies Field, mergedPorts(ports))] });
  }
  const icmp = services.filter((service) => service.protocol === 'icmp');
  if (icmp.length > 0) {
    const types = [...new Set(icmp.flatMap((service) => service.types))];
    const isAny = icmp.some((service) => service.types.length === 0);
    for (const [v, protocol, field] of [
      [4, 'icmp', 'icmp type'],
      [6, 'ipv6-icmp', 'icmpv6 type'],
    ] as const)
      matches.push({ v, terms: [isAny ? is('meta l4proto', protocol) : oneOf(field, types)] });
  }
  const numbers = services.flatMap((service) => (service.protocol === 'ip' ? [service.number] : []));
  if (numbers.length > 0) matches.push({ v: null, terms: [oneOf('meta l4proto', [...new Set(numbers)])] });
  return matches;
}

/** Ranges of ports that don't overlap, ascending: nft refuses those that do. */
export function mergedPorts(ports: readonly string[]): string[] {
  const ranges = ports
    .map((text) => {
      const [from = 0, to = from] = text.split('-').map(Number);
      return { from, to };
    })
    .sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const range of ranges) {
    const before = merged.at(-1);
    if (before && range.from <= before.to + 1) before.to = Math.max(before.to, range.to);
    else merged.push({ ...range });
  }
  return merged.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`));
}
