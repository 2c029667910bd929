import type { DesiredState, EngineFacet, FacetReport, ReleaseReference } from '@phalanx/contracts';
import { ENGINE_FACETS } from '@phalanx/contracts';
import { ChangeTimes } from './facet-group.js';
import type { Committed } from './journal.js';
import type { Observation } from './observation.js';

/** How the last attempt at a facet stands, while it isn't applied. */
export interface Attempt {
  readonly state: 'pending' | 'failed';
  /** Digest that was tried. */
  readonly sha256: string;
  readonly reason: string | null;
  readonly step: string | null;
}

type Body = Omit<FacetReport, 'changedAt'>;

/** One facet's report, but for its time. */
function bodyOf(
  facet: EngineFacet,
  desired: ReleaseReference | undefined,
  committed: Committed,
  seen: Observation,
  attempt: Attempt | undefined,
): Body {
  const target = committed.facets[facet] ?? null;
  const wanted = desired && desired.sha256 !== target?.sha256 ? desired : null;
  const { expectedDigest, renderedDigest, drift, diff } = seen.facets[facet];
  const base = { facet, target, wanted, expectedDigest, renderedDigest };
  const tried = attempt?.sha256 === (wanted ?? target)?.sha256 ? attempt : undefined;
  if (wanted) return { ...base, ...attemptBody(tried) };
  if (!target) return { ...base, state: 'absent' };
  if (!drift) return { ...base, state: 'applied' };
  if (tried?.state === 'pending') return { ...base, ...attemptBody(tried) };
  const reason = tried ? `${drift}; putting it right failed: ${tried.reason}` : drift;
  return { ...base, state: 'drifted', reason: reason.slice(0, 2000), ...(diff === null ? {} : { diff }) };
}

/** What an attempt (none yet: one is about to be made) puts into a report. */
export function attemptBody(attempt: Omit<Attempt, 'sha256'> | undefined): Pick<FacetReport, 'state' | 'reason' | 'step'> {
  return {
    state: attempt?.state ?? 'pending',
    ...(attempt?.reason ? { reason: attempt.reason.slice(0, 2000) } : {}),
    ...(attempt?.step ? { step: attempt.step } : {}),
  };
}

/** What is said of the engine's facets, and since when it is so. */
export class FacetStatus {
  private readonly times: ChangeTimes;

  constructor(now: () => number) {
    this.times = new ChangeTimes(now);
  }

  reports(
    desired: DesiredState['facets'],
    committed: Committed,
    seen: Observation,
    attempts: ReadonlyMap<EngineFacet, Attempt>,
  ): FacetReport[] {
    return ENGINE_FACETS.map((facet) => this.times.stamp(bodyOf(facet, desired[facet], committed, seen, attempts.get(facet))));
  }
}
