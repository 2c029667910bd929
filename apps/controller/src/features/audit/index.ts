/**
 * Audit: the trail of who did what, one hash chain over all tenants.
 *
 * Owns the tables `audit_entries` and `audit_head`, the functions `audit_*`, and the routes `/api/v1/audit` and `/api/v1/audit/verification`.
 * Invariants: an entry commits with what it tells of; it is sealed at the commit under one lock, in the order of commits; the application's role can
 * neither change nor remove one; its hash covers the entry before it and its own canonical JSON (RFC 8785), so that an edited, removed or cut-off
 * entry shows in the verification, which sees the whole chain and tells nothing but the place.
 * Callers: everybody, through the platform's `AuditTrail`.
 */
import type { ControllerFeature } from '../../platform/feature.js';
import { AuditModule } from './audit.module.js';
import { Audit1763710000600 } from './migrations/1-audit.js';

export const auditFeature: ControllerFeature = { name: 'audit', module: AuditModule, migrations: [Audit1763710000600] };
