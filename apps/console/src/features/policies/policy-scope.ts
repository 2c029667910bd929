import type { PolicyScope, Permission } from '@phalanx/contracts';

/** The word that stands in the address for the one baseline. */
export const BASELINE = 'baseline';

/** Whose policy a page is about. */
export interface PolicySubject {
  readonly scope: PolicyScope;
  /** Tenant's or application's id; `BASELINE` for the provider's. */
  readonly id: string;
}

/** The subject that an address names, or null. */
export function parseSubject(scope: string, id: string): PolicySubject | null {
  return scope === 'provider' || scope === 'tenant' || scope === 'application' ? { scope, id } : null;
}

/** Where the API has it. */
export function policyPath({ scope, id }: PolicySubject): string {
  if (scope === 'provider') return '/policies/provider';
  return scope === 'tenant' ? `/policies/tenants/${id}` : `/policies/applications/${id}`;
}

/** What one must be allowed in order to write it. */
export function writePermission(scope: PolicyScope): Permission {
  return scope === 'provider' ? 'baseline:write' : 'policy:write';
}
