import type { Term } from '../../../platform/nft/ruleset.js';
import { FAMILIES, inSet, is } from '../../../platform/nft/terms.js';
import type { PacketTable } from './packet-table.js';

/** A match for connections to applications; `v`: of that family only. */
interface ListenerMatch {
  readonly v: 4 | 6 | null;
  readonly terms: readonly Term[];
}

/** A match for each kind of listener there is: an address and port of either family, a port of any address of the box. */
export function listenerMatches(table: PacketTable): ListenerMatch[] {
  const { listeners } = table.network;
  const isAny = (address: string) => /^(0\.0\.0\.0|[0:]+)$/.test(address);
  const matches = FAMILIES.flatMap(({ v, daddr, type }): ListenerMatch[] => {
    const own = listeners.filter(({ address }) => !isAny(address) && address.includes(':') === (v === 6));
    const elements = [...new Set(own.map(({ address, port }) => `${address} . ${port}`))];
    if (elements.length === 0) return [];
    return [{ v, terms: [inSet([daddr, 'tcp dport'], table.fixed(`listeners-${v}`, { types: [type, 'inet_service'] }, elements))] }];
  });
  const ports = [...new Set(listeners.filter(({ address }) => isAny(address)).map(({ port }) => port))];
  if (ports.length === 0) return matches;
  const set = table.fixed('listeners-any', { types: ['inet_service'] }, ports);
  return [...matches, { v: null, terms: [is('fib daddr type', 'local'), inSet('tcp dport', set)] }];
}
