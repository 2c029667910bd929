/**
 * Tenants: customers, their sites (with a time zone) and the clusters at them.
 *
 * Owns the tables `tenants`, `sites`, `clusters`, the function `all_tenant_ids()`, and the routes `/api/v1/tenants`, `/sites`, `/clusters`.
 * Invariants: a row hangs only below a row of the same tenant (composite foreign keys); nothing is removed while anything hangs below it;
 * a slug never changes; every change carries the revision that it is made to.
 * Callers: appliances and applications ask `ClusterService`; features with rows of their own for each tenant use `TenantLifecycle`.
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { Tenants1763710000100 } from './migrations/1-tenants.js';
import { TenantsModule } from './tenants.module.js';

export { ClusterService } from './cluster.service.js';
export { TenantLifecycle } from './tenant-lifecycle.js';
export { TenantsModule } from './tenants.module.js';
export { TenantService } from './tenant.service.js';
export const tenantsMigrations = [Tenants1763710000100];
export const tenantsFeature: ControllerFeature = { name: 'tenants', module: TenantsModule, migrations: tenantsMigrations };
