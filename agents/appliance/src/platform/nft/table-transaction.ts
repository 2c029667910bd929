import { renderTable } from './render-ruleset.js';
import type { NftTable } from './ruleset.js';

/** What stands in the kernel under a table's name. */
export interface TableContents {
  readonly chains: readonly string[];
  readonly sets: readonly string[];
  readonly counters: readonly string[];
  /** Things of kinds that this agent never makes. */
  readonly foreign: readonly string[];
}

/** From `nft -j -t list table`. */
export function contentsOf(listing: string): TableContents {
  const chains: string[] = [];
  const sets: string[] = [];
  const counters: string[] = [];
  const foreign: string[] = [];
  const known: Readonly<Record<string, string[]>> = { chain: chains, set: sets, counter: counters };
  const { nftables } = JSON.parse(listing) as { nftables: readonly Readonly<Record<string, { readonly name?: string }>>[] };
  for (const entry of nftables)
    for (const [kind, { name = '' }] of Object.entries(entry))
      if (!['metainfo', 'table', 'rule'].includes(kind)) (known[kind] ?? foreign).push(name);
  return { chains, sets, counters, foreign };
}

/**
 * Commands that make the table as wanted in one transaction: its rules are replaced, counters and live sets that it keeps go on with what they
 * hold. `whole` replaces all of it instead, for what can't be changed in place.
 */
export function replaceTable(table: NftTable, present: TableContents | null, whole: boolean): string {
  const at = `${table.family} ${table.name}`;
  if (!present) return renderTable(table);
  if (whole || present.foreign.length > 0) return `delete table ${at}\n${renderTable(table)}`;
  const live = new Set(table.sets.filter(({ isLive }) => isLive).map(({ name }) => name));
  const counters = new Set(table.counters);
  const chains = new Set(table.chains.map(({ name }) => name));
  return [
    `flush table ${at}`,
    ...present.chains.filter((name) => !chains.has(name)).map((name) => `delete chain ${at} ${name}`),
    ...present.sets.filter((name) => !live.has(name)).map((name) => `delete set ${at} ${name}`),
    ...present.counters.filter((name) => !counters.has(name)).map((name) => `delete counter ${at} ${name}`),
    renderTable(table),
  ].join('\n');
}
