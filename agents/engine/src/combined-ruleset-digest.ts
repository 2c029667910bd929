import { digestOf } from '@phalanx/kit';

/**
 * One digest over the compiled rules of all applications, from each application's id and the SHA-256 of its compiled rules. Null when
 * no application has rules. Primary and workers compute it alike, each over what it holds.
 */
export function combinedRulesetDigest(rulesets: readonly (readonly [applicationId: string, digest: string])[]): string | null {
  return rulesets.length === 0 ? null : digestOf(Object.fromEntries(rulesets));
}
