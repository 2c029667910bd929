import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PageQuery } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { explainConstraints, refuseWhileReferenced } from '../../platform/db/constraint.js';
import { Database } from '../../platform/db/database.js';
import { pageByText } from '../../platform/db/keyset.js';
import { lockRevision } from '../../platform/db/revisioned.js';
import { TenantEntity } from './tenant.entity.js';
import { tenantNotFound } from './tenants.errors.js';

/** Rows of `tenants`. */
@Injectable()
export class TenantRepository {
  constructor(private readonly database: Database) {}

  list(page: PageQuery): Promise<TenantEntity[]> {
    return pageByText(this.database.em().createQueryBuilder(TenantEntity, 'tenant'), 'tenant.name', page);
  }

  async get(id: string): Promise<TenantEntity> {
    const tenant = await this.database.em().findOneBy(TenantEntity, { id });
    if (!tenant) throw tenantNotFound();
    return tenant;
  }

  /** In a scope of the provider, which is widened to the new tenant. */
  async add(values: Pick<TenantEntity, 'name' | 'slug'>): Promise<TenantEntity> {
    const id = randomUUID();
    await this.database.widen([id]);
    await explainConstraints(
      { tenants_slug_key: (cause: unknown) => new AppError('conflict', 'tenants.slug-taken', 'another tenant has this slug', { cause }) },
      () => this.database.em().insert(TenantEntity, { id, ...values }),
    );
    return this.get(id);
  }

  async change(id: string, revision: number, patch: { readonly name: string }): Promise<TenantEntity> {
    const em = this.database.em();
    const tenant = await lockRevision(em, TenantEntity, id, revision, tenantNotFound);
    await em.update(TenantEntity, { id }, { ...patch, revision: tenant.revision + 1 });
    return this.get(id);
  }

  async remove(id: string, revision: number): Promise<TenantEntity> {
    const em = this.database.em();
    const tenant = await lockRevision(em, TenantEntity, id, revision, tenantNotFound);
    await refuseWhileReferenced(
      (cause) =>
        new AppError('conflict', 'tenants.in-use', 'sites or other things of this tenant are still there; remove them first', { cause }),
      () => em.delete(TenantEntity, { id }),
    );
    return tenant;
  }
}
