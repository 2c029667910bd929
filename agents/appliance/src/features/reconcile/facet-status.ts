import type { DesiredState, EngineFacet, FacetReport, ReleaseReference } from '@phalanx/contracts';
import { ENGINE_FACETS } from '@phalanx/contracts';
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
  const { expectedDigest, renderedDigest, drift } = seen.facets[facet];
  const base = { facet, target, wanted, expectedDigest, renderedDigest };
  if (wanted) {
    const current = attempt?.sha256 === wanted.sha256 ? attempt : undefined;
    return {
      ...base,
      state: current?.state ?? 'pending',
      ...(current?.reason ? { reason: current.reason.slice(0, 2000) } : {}),
      ...(current?.step ? { step: current.step } : {}),
    };
  }
  if (!target) return { ...base, state: 'absent' };
  return drift ? { ...base, state: 'drifted', reason: drift } : { ...base, state: 'applied' };
}

/** Keeps since when each facet is as it is. */
export class FacetStatus {
  private readonly last = new Map<EngineFacet, { readonly key: string; readonly changedAt: string }>();

  constructor(private readonly now: () => number) {}

  reports(
    desired: DesiredState['facets'],
    committed: Committed,
    seen: Observation,
    attempts: ReadonlyMap<EngineFacet, Attempt>,
  ): FacetReport[] {
    return ENGINE_FACETS.map((facet) => {
      const body = bodyOf(facet, desired[facet], committed, seen, attempts.get(facet));
      const key = JSON.stringify([body.state, body.target?.sha256, body.wanted?.sha256, body.reason]);
      const known = this.last.get(facet);
      const changedAt = known?.key === key ? known.changedAt : new Date(this.now()).toISOString();
      this.last.set(facet, { key, changedAt });
      return { ...body, changedAt };
    });
  }
}
