import { SYNC_STATES, type SyncState } from '@phalanx/contracts';
import { pickSearch, type SearchOf } from '../../platform/format/search-params.js';

export type FleetSearch = SearchOf<'q' | 'siteId' | 'tag'> & { readonly syncState?: SyncState | undefined };

/** The fleet page's filter as its address carries it; what is no filter is left out. */
export function parseFleetSearch(raw: Record<string, unknown>): FleetSearch {
  const { syncState, ...rest } = pickSearch(raw, ['q', 'siteId', 'tag', 'syncState']);
  const known = SYNC_STATES.find((state) => state === syncState);
  return known ? { ...rest, syncState: known } : rest;
}
