/** Which rows a transaction may see and write: those of these tenants, and the provider's own if `provider`. */
export interface TenantScope {
  readonly tenantIds: readonly string[];
  /** True where the holder acts for the provider: rows without a tenant become visible. */
  readonly provider: boolean;
}

export function scopeOfTenant(tenantId: string): TenantScope {
  return { tenantIds: [tenantId], provider: false };
}

/** Sees nothing that belongs to a tenant: for tables that have none. */
export const NO_TENANT: TenantScope = { tenantIds: [], provider: false };
/** The provider's own rows. */
export const PROVIDER_ONLY: TenantScope = { tenantIds: [], provider: true };
