import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PageQuery } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { explainConstraints, refuseWhileReferenced } from '../../platform/db/constraint.js';
import { Database } from '../../platform/db/database.js';
import { pageByText } from '../../platform/db/keyset.js';
import { lockRevision } from '../../platform/db/revisioned.js';
import { SiteEntity } from './site.entity.js';
import { siteNotFound } from './tenants.errors.js';

const CONFLICTS = {
  sites_tenant_id_name_key: (cause: unknown) =>
    new AppError('conflict', 'tenants.site-name-taken', 'another site of the tenant has this name', { cause }),
};

/** Rows of `sites`. */
@Injectable()
export class SiteRepository {
  constructor(private readonly database: Database) {}

  list(page: PageQuery & { readonly tenantId?: string | undefined }): Promise<SiteEntity[]> {
    const query = this.database.em().createQueryBuilder(SiteEntity, 'site');
    if (page.tenantId) query.andWhere('site.tenant_id = :tenantId', { tenantId: page.tenantId });
    return pageByText(query, 'site.name', page);
  }

  async get(id: string): Promise<SiteEntity> {
    const site = await this.database.em().findOneBy(SiteEntity, { id });
    if (!site) throw siteNotFound();
    return site;
  }

  async add(values: Pick<SiteEntity, 'tenantId' | 'name' | 'timeZone'>): Promise<SiteEntity> {
    const id = randomUUID();
    await explainConstraints(CONFLICTS, () => this.database.em().insert(SiteEntity, { id, ...values }));
    return this.get(id);
  }

  async change(id: string, revision: number, patch: Pick<SiteEntity, 'name' | 'timeZone'>): Promise<SiteEntity> {
    const em = this.database.em();
    const site = await lockRevision(em, SiteEntity, id, revision, siteNotFound);
    await explainConstraints(CONFLICTS, () => em.update(SiteEntity, { id }, { ...patch, revision: site.revision + 1 }));
    return this.get(id);
  }

  /** The boxes of a site. */
  appliances(id: string): Promise<{ applianceId: string }[]> {
    return this.database.em().query('select id as "applianceId" from appliances where site_id = $1 order by id', [id]);
  }

  async remove(id: string, revision: number): Promise<SiteEntity> {
    const em = this.database.em();
    const site = await lockRevision(em, SiteEntity, id, revision, siteNotFound);
    await refuseWhileReferenced(
      (cause) => new AppError('conflict', 'tenants.site-in-use', 'clusters are still at this site; remove them first', { cause }),
      () => em.delete(SiteEntity, { id }),
    );
    return site;
  }
}
