import { Injectable } from '@nestjs/common';
import { AuditTrail, type AuditRecord } from '../../platform/audit/audit-trail.js';
import { Database } from '../../platform/db/database.js';
import { PROVIDER_ONLY, scopeOfTenant } from '../../platform/db/tenant-scope.js';
import { toPage } from '../../platform/http/cursor.js';
import { requestContext } from '../../platform/http/request-context.js';
import { AuditEntryRepository, type AuditQuery, auditViewOf } from './audit-entry.repository.js';

/** `AuditTrail` over the table `audit_entries`. */
@Injectable()
export class AuditService extends AuditTrail {
  constructor(
    private readonly entries: AuditEntryRepository,
    private readonly database: Database,
  ) {
    super();
  }

  async record({ tenantId, actor, action, subject, outcome = 'done', details = {} }: AuditRecord): Promise<void> {
    const request = requestContext.getStore();
    await this.entries.add({
      tenantId,
      actor: actor ?? request?.principal?.actor ?? 'system',
      action,
      subject,
      outcome,
      details: request ? { ...details, requestId: request.requestId } : details,
    });
  }

  async recordApart(entry: AuditRecord): Promise<void> {
    await this.database.run(entry.tenantId === null ? PROVIDER_ONLY : scopeOfTenant(entry.tenantId), () => this.record(entry));
  }

  async list(query: AuditQuery) {
    return toPage(await this.entries.list(query), query.limit, auditViewOf, (row) => [Number(row.sequence)]);
  }

  async verify() {
    const state = await this.entries.verify();
    return { ...state, ok: state.brokenAt === null };
  }
}
