import { Injectable } from '@nestjs/common';
import type { PageQuery, SiteView } from '@phalanx/contracts';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { toPage } from '../../platform/http/cursor.js';
import type { SiteEntity } from './site.entity.js';
import { SiteRepository } from './site.repository.js';
import { TenantRepository } from './tenant.repository.js';

type SiteFields = Pick<SiteEntity, 'name' | 'timeZone'>;
type SitePatch = { readonly [Field in keyof SiteFields]?: SiteFields[Field] | undefined };

function viewOf({ createdAt, ...site }: SiteEntity): SiteView {
  return { ...site, createdAt: createdAt.toISOString() };
}

/** Places of tenants. */
@Injectable()
export class SiteService {
  constructor(
    private readonly sites: SiteRepository,
    private readonly tenants: TenantRepository,
    private readonly changes: Changes,
    private readonly audit: AuditTrail,
  ) {}

  async list(query: PageQuery & { readonly tenantId?: string | undefined }) {
    return toPage(await this.sites.list(query), query.limit, viewOf, (row) => [row.name, row.id]);
  }

  async get(id: string): Promise<SiteView> {
    return viewOf(await this.sites.get(id));
  }

  async create(values: SiteFields & { readonly tenantId: string }): Promise<SiteView> {
    await this.tenants.get(values.tenantId);
    const site = await this.sites.add(values);
    await this.record('site.create', site, { name: site.name, timeZone: site.timeZone });
    return viewOf(site);
  }

  async change(id: string, revision: number, patch: SitePatch): Promise<SiteView> {
    const before = await this.sites.get(id);
    const fields = { name: patch.name ?? before.name, timeZone: patch.timeZone ?? before.timeZone };
    const site = await this.sites.change(id, revision, fields);
    // Schedules of its boxes are meant in the site's own time.
    if (site.timeZone !== before.timeZone) await this.changes.emit('appliance.intent', site.tenantId, await this.sites.appliances(id));
    await this.record('site.change', site, fields);
    return viewOf(site);
  }

  async remove(id: string, revision: number): Promise<void> {
    const site = await this.sites.remove(id, revision);
    await this.record('site.remove', site, { name: site.name });
  }

  private record(action: string, site: SiteEntity, details: Readonly<Record<string, unknown>>): Promise<void> {
    return this.audit.record({ tenantId: site.tenantId, action, subject: `site:${site.id}`, details });
  }
}
