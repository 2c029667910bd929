import { type Permission, PERMISSIONS, type Role, ROLE_PERMISSIONS } from '@phalanx/contracts';
import type { Principal } from '../../platform/http/principal.js';

export interface Binding {
  readonly role: Role;
  readonly tenantId: string | null;
}

/** A token's cut of what its operator holds. */
export interface TokenScope {
  readonly permissions: readonly Permission[];
  /** Null: all tenants of the operator. */
  readonly tenantIds: readonly string[] | null;
}

type Held = Pick<Principal, 'tenantsOf' | 'providerWide'>;

/** What bindings come to: for each permission the tenants in which it is held. `allTenants` are all there are now. */
export function permissionsOf(bindings: readonly Binding[], allTenants: readonly string[], token?: TokenScope): Held {
  const tenantsOf = new Map<Permission, readonly string[]>();
  const providerWide = new Set<Permission>();
  const granting = PERMISSIONS.filter((permission) => !token || token.permissions.includes(permission));
  for (const permission of granting) {
    const grants = bindings.filter(({ role }) => ROLE_PERMISSIONS[role].includes(permission));
    const forAll = grants.some(({ tenantId }) => tenantId === null);
    const own = forAll ? allTenants : allTenants.filter((id) => grants.some(({ tenantId }) => tenantId === id));
    const tenants = token?.tenantIds ? own.filter((id) => token.tenantIds!.includes(id)) : own;
    if (tenants.length > 0) tenantsOf.set(permission, tenants);
    // A token that names its tenants reaches nothing of the provider's own.
    if (forAll && !token?.tenantIds) providerWide.add(permission);
  }
  return { tenantsOf, providerWide };
}

/** Every permission that is held anywhere, in the order of the contract. */
export function heldAnywhere({ tenantsOf, providerWide }: Held): Permission[] {
  return PERMISSIONS.filter((permission) => tenantsOf.has(permission) || providerWide.has(permission));
}

/** Every tenant in which anything is held. */
export function tenantsInReach({ tenantsOf }: Held): string[] {
  return [...new Set([...tenantsOf.values()].flat())];
}

/** Whether the caller holds all that the binding gives: only then may it give, take or outrank it. */
export function outranks({ tenantsOf, providerWide }: Held, { role, tenantId }: Binding): boolean {
  return ROLE_PERMISSIONS[role].every((permission) =>
    tenantId === null ? providerWide.has(permission) : (tenantsOf.get(permission)?.includes(tenantId) ?? false),
  );
}
