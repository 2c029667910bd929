import { Injectable } from '@nestjs/common';
import {
  applicationCreateSchema,
  applicationPatchSchema,
  applicationQuerySchema,
  type ApplicationView,
  type Level,
} from '@phalanx/contracts';
import { z } from 'zod';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { toPage } from '../../platform/http/cursor.js';
import { PolicyService } from '../policies/index.js';
import { ClusterService } from '../tenants/index.js';
import type { ApplicationEntity } from './application.entity.js';
import { type ApplicationFields, ApplicationRepository } from './application.repository.js';
import { assertHostsFree } from './host-claims.js';

/** Protected web services. Every change takes the tenant's policy lock first, so that claims on hosts and listeners are judged one at a time. */
@Injectable()
export class ApplicationService {
  constructor(
    private readonly applications: ApplicationRepository,
    private readonly clusters: ClusterService,
    private readonly policies: PolicyService,
    private readonly audit: AuditTrail,
  ) {}

  async list(query: z.output<typeof applicationQuerySchema>) {
    const rows = await this.applications.list(query);
    const views = new Map((await this.viewsOf(rows)).map((view) => [view.id, view]));
    return toPage(
      rows,
      query.limit,
      (row) => views.get(row.id)!,
      (row) => [row.name, row.id],
    );
  }

  async get(id: string): Promise<ApplicationView> {
    return this.viewOf(await this.applications.get(id));
  }

  async create({ clusterId, ...fields }: z.output<typeof applicationCreateSchema>): Promise<ApplicationView> {
    const { tenantId } = await this.clusters.get(clusterId);
    await this.policies.lockTenant(tenantId);
    const application = await this.applications.add({ ...distinctHosts(fields), tenantId, clusterId });
    await this.assertHostsFree(application);
    await this.policies.adopt(application);
    await this.record('application.create', application, { ...fields, clusterId });
    return this.viewOf(application);
  }

  async change(id: string, revision: number, patch: z.output<typeof applicationPatchSchema>): Promise<ApplicationView> {
    const before = await this.applications.get(id);
    await this.policies.lockTenant(before.tenantId);
    const { name = before.name, hosts = before.hosts, listenPort = before.listenPort, upstream = before.upstream } = patch;
    const application = await this.applications.change(id, revision, distinctHosts({ name, hosts, listenPort, upstream }));
    await this.assertHostsFree(application);
    await this.policies.refresh(application);
    await this.record('application.change', application, { ...patch });
    return this.viewOf(application);
  }

  async setLevel(id: string, revision: number, level: Level): Promise<ApplicationView> {
    const before = await this.get(id);
    await this.policies.lockTenant(before.tenantId);
    // The level is part of what the caller has read, so it moves the revision although it lives in the policy.
    const application = await this.applications.change(id, revision, {});
    await this.policies.setLevel(application, level);
    await this.record('application.level', application, { from: before.level, to: level });
    return this.viewOf(application);
  }

  async remove(id: string, revision: number): Promise<void> {
    const { tenantId } = await this.applications.get(id);
    await this.policies.lockTenant(tenantId);
    const application = await this.applications.remove(id, revision);
    await this.policies.forget(application);
    await this.record('application.remove', application, { name: application.name });
  }

  private async assertHostsFree(application: ApplicationEntity): Promise<void> {
    assertHostsFree(application, await this.applications.find({ clusterIds: [application.clusterId] }));
  }

  private async viewOf(application: ApplicationEntity): Promise<ApplicationView> {
    const [view] = await this.viewsOf([application]);
    return view!;
  }

  private async viewsOf(applications: readonly ApplicationEntity[]): Promise<ApplicationView[]> {
    const effective = await this.policies.effectiveOf(applications);
    return applications.map(({ createdAt, ...application }) => {
      const { settings, digest, version } = effective.get(application.id)!;
      return {
        ...application,
        level: settings.level,
        settingsDigest: digest,
        settingsVersion: version,
        createdAt: createdAt.toISOString(),
      };
    });
  }

  private record(action: string, { id, tenantId }: ApplicationEntity, details: Readonly<Record<string, unknown>>): Promise<void> {
    return this.audit.record({ tenantId, action, subject: `application:${id}`, details });
  }
}

function distinctHosts(fields: ApplicationFields): ApplicationFields {
  return { ...fields, hosts: [...new Set(fields.hosts)] };
}
