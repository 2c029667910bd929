import { Tenants1763710000100 } from './migrations/1-tenants.js';

export const tenantsMigrations = [Tenants1763710000100];
