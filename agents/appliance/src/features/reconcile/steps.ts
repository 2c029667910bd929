import type { DesiredState, EngineFacet, ReleaseReference } from '@phalanx/contracts';
import { ENGINE_FACETS } from '@phalanx/contracts';

/** A facet and the release that it shall run. */
export interface FacetTarget {
  readonly facet: EngineFacet;
  readonly target: ReleaseReference;
}

/** One thing to do. Each is journaled before it is done, and doing it again after a crash changes nothing. */
export type Step =
  /** The signed metadata must list exactly this release. */
  | ({ readonly kind: 'verify-release' } & FacetTarget)
  | ({ readonly kind: 'fetch' } & FacetTarget)
  /** What is committed must be at hand, to go back to. */
  | { readonly kind: 'snapshot' }
  /** Files for the engine to try. */
  | { readonly kind: 'stage' }
  | { readonly kind: 'secrets' }
  | { readonly kind: 'check' }
  /** The engine's workers switch, all or none. */
  | { readonly kind: 'load' }
  /** Every worker must show it, listeners must answer, the controller must still be in reach. */
  | { readonly kind: 'verify' }
  /** The point of no return: files become the ones that the engine starts from. */
  | { readonly kind: 'commit' }
  | { readonly kind: 'clean' };
export type StepKind = Step['kind'];

/** Where a step stands towards the engine's switch. */
export const LAST_RECALLABLE: StepKind = 'check';

/** Which facets are to change: those whose wanted release isn't the committed one. */
export function changedFacets(desired: DesiredState['facets'], committed: ReadonlyMap<EngineFacet, ReleaseReference>): FacetTarget[] {
  return ENGINE_FACETS.flatMap((facet) => {
    const target = desired[facet];
    return target && target.sha256 !== committed.get(facet)?.sha256 ? [{ facet, target }] : [];
  });
}

/** The steps from what is committed to these targets, which switch together. */
export function planSteps(targets: readonly FacetTarget[]): Step[] {
  return [
    ...targets.map((target) => ({ kind: 'verify-release' as const, ...target })),
    ...targets.map((target) => ({ kind: 'fetch' as const, ...target })),
    { kind: 'snapshot' },
    { kind: 'stage' },
    { kind: 'secrets' },
    { kind: 'check' },
    { kind: 'load' },
    { kind: 'verify' },
    { kind: 'commit' },
    { kind: 'clean' },
  ];
}
