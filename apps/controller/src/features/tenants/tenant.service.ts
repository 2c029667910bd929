import { Injectable } from '@nestjs/common';
import type { PageQuery, TenantView } from '@phalanx/contracts';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { toPage } from '../../platform/http/cursor.js';
import type { TenantEntity } from './tenant.entity.js';
import { TenantLifecycle } from './tenant-lifecycle.js';
import { TenantRepository } from './tenant.repository.js';

function viewOf(tenant: TenantEntity): TenantView {
  return { id: tenant.id, name: tenant.name, slug: tenant.slug, createdAt: tenant.createdAt.toISOString(), revision: tenant.revision };
}

/** Customers. Making, renaming and removing them is the provider's alone. */
@Injectable()
export class TenantService {
  constructor(
    private readonly tenants: TenantRepository,
    private readonly lifecycle: TenantLifecycle,
    private readonly audit: AuditTrail,
  ) {}

  async list(page: PageQuery) {
    return toPage(await this.tenants.list(page), page.limit, viewOf, (row) => [row.name, row.id]);
  }

  async get(id: string): Promise<TenantView> {
    return viewOf(await this.tenants.get(id));
  }

  async create(values: { readonly name: string; readonly slug: string }): Promise<TenantView> {
    const tenant = await this.tenants.add(values);
    await this.lifecycle.created(tenant.id);
    await this.audit.record({ tenantId: tenant.id, action: 'tenant.create', subject: `tenant:${tenant.id}`, details: values });
    return viewOf(tenant);
  }

  async change(id: string, revision: number, patch: { readonly name?: string | undefined }): Promise<TenantView> {
    const before = await this.tenants.get(id);
    const tenant = await this.tenants.change(id, revision, { name: patch.name ?? before.name });
    await this.audit.record({ tenantId: id, action: 'tenant.change', subject: `tenant:${id}`, details: { name: tenant.name } });
    return viewOf(tenant);
  }

  async remove(id: string, revision: number): Promise<void> {
    const { name, slug } = await this.tenants.remove(id, revision);
    // Of the provider: entries of a tenant that is gone are in nobody's scope.
    await this.audit.record({ tenantId: null, action: 'tenant.remove', subject: `tenant:${id}`, details: { name, slug } });
  }
}
