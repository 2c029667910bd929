import type { ApplianceStateView, FacetView, Level } from '@phalanx/contracts';

/** A change of level that was made from this page. */
export interface LevelChange {
  readonly level: Level;
  /** Digest of the policy that each box was to run before the change, by its id. */
  readonly before: Readonly<Record<string, string | null>>;
  /** When it was made, in milliseconds. */
  readonly at: number;
}

/** Where a change stands on one box. */
export type ChangeStep = 'writing' | 'sending' | 'applying' | 'applied' | 'failed';

const policyOf = (state: ApplianceStateView): FacetView | undefined => state.facets.find(({ facet }) => facet === 'policy');

/** What each box is to run now, by its id. */
export function policyDigests(states: readonly ApplianceStateView[]): Record<string, string | null> {
  return Object.fromEntries(states.map((state) => [state.applianceId, policyOf(state)?.desired?.sha256 ?? null]));
}

/** How far a change has come on a box: it is written when another policy is wanted than before, applied when that one runs. */
export function changeStep(before: string | null | undefined, state: ApplianceStateView): ChangeStep {
  const policy = policyOf(state);
  const desired = policy?.desired?.sha256;
  if (!policy || desired === undefined || desired === (before ?? undefined)) return 'writing';
  if (policy.state === 'failed') return 'failed';
  if (policy.state === 'applied' && policy.applied?.sha256 === desired) return 'applied';
  return policy.sent?.sha256 === desired ? 'applying' : 'sending';
}

/** Milliseconds between the wish and its being run, by the controller's clock; null while it is on its way. */
export function appliedAfterMs(state: ApplianceStateView): number | null {
  const policy = policyOf(state);
  if (!policy?.desiredAt || !policy.appliedAt) return null;
  const ms = Date.parse(policy.appliedAt) - Date.parse(policy.desiredAt);
  return ms >= 0 ? ms : null;
}
