import type { Difference } from './comparison.js';

/** A kind of difference between the engines, and why ours is as it is. */
export interface Explanation {
  readonly applies: (difference: Difference) => boolean;
  readonly reason: string;
}

/** Differences whose cause is known. The first that applies counts. */
const EXPLANATIONS: readonly Explanation[] = [];

/** Why the engines differ, or null where that is not known. */
export function explain(difference: Difference): string | null {
  return EXPLANATIONS.find(({ applies }) => applies(difference))?.reason ?? null;
}
