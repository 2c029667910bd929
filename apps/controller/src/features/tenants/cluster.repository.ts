import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PageQuery } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { explainConstraints, refuseWhileReferenced } from '../../platform/db/constraint.js';
import { Database } from '../../platform/db/database.js';
import { pageByText } from '../../platform/db/keyset.js';
import { lockRevision } from '../../platform/db/revisioned.js';
import { ClusterEntity } from './cluster.entity.js';
import { clusterNotFound } from './tenants.errors.js';

const CONFLICTS = {
  clusters_site_id_name_key: (cause: unknown) =>
    new AppError('conflict', 'tenants.cluster-name-taken', 'another cluster of the site has this name', { cause }),
};

/** Rows of `clusters`. */
@Injectable()
export class ClusterRepository {
  constructor(private readonly database: Database) {}

  list(page: PageQuery & { readonly tenantId?: string | undefined }): Promise<ClusterEntity[]> {
    const query = this.database.em().createQueryBuilder(ClusterEntity, 'cluster');
    if (page.tenantId) query.andWhere('cluster.tenant_id = :tenantId', { tenantId: page.tenantId });
    return pageByText(query, 'cluster.name', page);
  }

  async get(id: string): Promise<ClusterEntity> {
    const cluster = await this.database.em().findOneBy(ClusterEntity, { id });
    if (!cluster) throw clusterNotFound();
    return cluster;
  }

  /** The same, locked until the transaction ends: nobody else adds or removes members meanwhile. */
  async lock(id: string): Promise<ClusterEntity> {
    const cluster = await this.database.em().findOne(ClusterEntity, { where: { id }, lock: { mode: 'pessimistic_write' } });
    if (!cluster) throw clusterNotFound();
    return cluster;
  }

  async add(values: Pick<ClusterEntity, 'tenantId' | 'siteId' | 'name' | 'kind'>): Promise<ClusterEntity> {
    const id = randomUUID();
    await explainConstraints(CONFLICTS, () => this.database.em().insert(ClusterEntity, { id, ...values }));
    return this.get(id);
  }

  async change(id: string, revision: number, patch: { readonly name: string }): Promise<ClusterEntity> {
    const em = this.database.em();
    const cluster = await lockRevision(em, ClusterEntity, id, revision, clusterNotFound);
    await explainConstraints(CONFLICTS, () => em.update(ClusterEntity, { id }, { ...patch, revision: cluster.revision + 1 }));
    return this.get(id);
  }

  async remove(id: string, revision: number): Promise<ClusterEntity> {
    const em = this.database.em();
    const cluster = await lockRevision(em, ClusterEntity, id, revision, clusterNotFound);
    await refuseWhileReferenced(
      (cause) =>
        new AppError(
          'conflict',
          'tenants.cluster-in-use',
          'appliances or applications of this cluster are still there; remove them first',
          { cause },
        ),
      () => em.delete(ClusterEntity, { id }),
    );
    return cluster;
  }
}
