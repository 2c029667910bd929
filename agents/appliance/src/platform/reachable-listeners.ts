import { networkInterfaces } from 'node:os';
import type { EngineStatus } from '@phalanx/contracts';

/** Listening on all addresses means that this one answers. */
const REACHABLE: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

/**
 * Where a connection reaches this box's own engine. A listener on a virtual address that is not here at the moment is left out: a connection
 * would ask the peer's engine.
 */
export function reachableListeners({ listeners }: Pick<EngineStatus, 'listeners'>): { readonly host: string; readonly port: number }[] {
  const own = new Set(['127.0.0.1', '::1']);
  for (const entries of Object.values(networkInterfaces())) for (const { address } of entries ?? []) own.add(address);
  return listeners
    .map(({ address, port }) => ({ host: REACHABLE[address] ?? address, port }))
    .filter(({ host }) => own.has(host) || host.startsWith('127.'));
}
