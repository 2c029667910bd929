import type { PolicyScope } from '@phalanx/contracts';

/** Whose policy: each kind names exactly what it hangs on. */
export type PolicyTarget =
  | { readonly scope: 'provider'; readonly tenantId: null; readonly applicationId: null }
  | { readonly scope: 'tenant'; readonly tenantId: string; readonly applicationId: null }
  | { readonly scope: 'application'; readonly tenantId: string; readonly applicationId: string };

export const PROVIDER_POLICY: PolicyTarget = { scope: 'provider', tenantId: null, applicationId: null };

export function tenantPolicy(tenantId: string): PolicyTarget {
  return { scope: 'tenant', tenantId, applicationId: null };
}

export function applicationPolicy(application: { readonly id: string; readonly tenantId: string }): PolicyTarget {
  return { scope: 'application', tenantId: application.tenantId, applicationId: application.id };
}

/** The policy as the audit trail names it. */
export function subjectOf({ scope, tenantId, applicationId }: PolicyTarget): string {
  return ['policy', scope, applicationId ?? tenantId].filter(Boolean).join(':');
}

/** How people call the layer. */
export const LAYER_NAMES = {
  provider: 'the provider’s baseline',
  tenant: 'the tenant’s policy',
  application: 'the application’s policy',
} as const satisfies Record<PolicyScope, string>;
