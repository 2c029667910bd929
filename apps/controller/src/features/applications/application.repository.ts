import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { applicationQuerySchema } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { In } from 'typeorm';
import { z } from 'zod';
import { explainConstraints, refuseWhileReferenced } from '../../platform/db/constraint.js';
import { Database } from '../../platform/db/database.js';
import { pageByText } from '../../platform/db/keyset.js';
import { lockRevision } from '../../platform/db/revisioned.js';
import { ApplicationDirectory, type ApplicationFilter } from '../policies/index.js';
import { ApplicationEntity } from './application.entity.js';

export type ApplicationFields = Pick<ApplicationEntity, 'name' | 'hosts' | 'listenPort' | 'upstream'>;

const CONFLICTS = {
  applications_cluster_id_name_key: (cause: unknown) =>
    new AppError('conflict', 'applications.name-taken', 'another application of the cluster has this name', { cause }),
};

const applicationNotFound = () => new AppError('not-found', 'applications.not-found', 'there is no such application');

/** Rows of `applications`; also how policies see them. */
@Injectable()
export class ApplicationRepository extends ApplicationDirectory {
  constructor(private readonly database: Database) {
    super();
  }

  list({ tenantId, clusterId, ...page }: z.output<typeof applicationQuerySchema>): Promise<ApplicationEntity[]> {
    const query = this.database.em().createQueryBuilder(ApplicationEntity, 'application');
    if (tenantId) query.andWhere('application.tenant_id = :tenantId', { tenantId });
    if (clusterId) query.andWhere('application.cluster_id = :clusterId', { clusterId });
    return pageByText(query, 'application.name', page);
  }

  find({ ids, tenantId, clusterIds }: ApplicationFilter): Promise<ApplicationEntity[]> {
    return this.database.em().find(ApplicationEntity, {
      where: {
        ...(ids ? { id: In([...ids]) } : {}),
        ...(tenantId ? { tenantId } : {}),
        ...(clusterIds ? { clusterId: In([...clusterIds]) } : {}),
      },
      order: { id: 'ASC' },
    });
  }

  async get(id: string): Promise<ApplicationEntity> {
    const [application] = await this.find({ ids: [id] });
    if (!application) throw applicationNotFound();
    return application;
  }

  async add(values: ApplicationFields & Pick<ApplicationEntity, 'tenantId' | 'clusterId'>): Promise<ApplicationEntity> {
    const id = randomUUID();
    await explainConstraints(CONFLICTS, () => this.database.em().insert(ApplicationEntity, { id, ...values }));
    return this.get(id);
  }

  /** Writes the fields, or only counts the revision up where there are none. */
  async change(id: string, revision: number, fields: Partial<ApplicationFields>): Promise<ApplicationEntity> {
    const em = this.database.em();
    const application = await lockRevision(em, ApplicationEntity, id, revision, applicationNotFound);
    await explainConstraints(CONFLICTS, () => em.update(ApplicationEntity, { id }, { ...fields, revision: application.revision + 1 }));
    return this.get(id);
  }

  async remove(id: string, revision: number): Promise<ApplicationEntity> {
    const em = this.database.em();
    const application = await lockRevision(em, ApplicationEntity, id, revision, applicationNotFound);
    await refuseWhileReferenced(
      (cause) => new AppError('conflict', 'applications.in-use', 'records of this application are still there', { cause }),
      () => em.delete(ApplicationEntity, { id }),
    );
    return application;
  }
}
