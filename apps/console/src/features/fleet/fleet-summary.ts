import { SYNC_STATES, type ApplianceView, type SyncState } from '@phalanx/contracts';

export interface FleetSummary {
  readonly total: number;
  readonly counts: Readonly<Record<SyncState, number>>;
  /** Boxes that a person should look at, worst state first. */
  readonly attention: readonly ApplianceView[];
}

/** States that a person should look at, worst first. Pending and never enrolled are on their way. */
const ATTENTION: readonly SyncState[] = ['failed', 'quarantined', 'drifted', 'offline'];

/** How many boxes stand in which state, and which of them need a look. */
export function summariseFleet(appliances: readonly ApplianceView[]): FleetSummary {
  const counts = Object.fromEntries(SYNC_STATES.map((state) => [state, 0])) as Record<SyncState, number>;
  for (const { syncState } of appliances) counts[syncState]++;
  return {
    total: appliances.length,
    counts,
    attention: ATTENTION.flatMap((state) => appliances.filter(({ syncState }) => syncState === state)),
  };
}
