import { Injectable } from '@nestjs/common';
import type { ClusterView, PageQuery } from '@phalanx/contracts';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { toPage } from '../../platform/http/cursor.js';
import type { ClusterEntity } from './cluster.entity.js';
import { ClusterRepository } from './cluster.repository.js';
import { SiteRepository } from './site.repository.js';

function viewOf({ createdAt, ...cluster }: ClusterEntity): ClusterView {
  return { ...cluster, createdAt: createdAt.toISOString() };
}

/** Single appliances and pairs. */
@Injectable()
export class ClusterService {
  constructor(
    private readonly clusters: ClusterRepository,
    private readonly sites: SiteRepository,
    private readonly audit: AuditTrail,
  ) {}

  async list(query: PageQuery & { readonly tenantId?: string | undefined }) {
    return toPage(await this.clusters.list(query), query.limit, viewOf, (row) => [row.name, row.id]);
  }

  /** Throws `not-found` with code `tenants.cluster-not-found`. */
  async get(id: string): Promise<ClusterView> {
    return viewOf(await this.clusters.get(id));
  }

  /** The same, with its membership locked until the transaction ends. */
  async lock(id: string): Promise<ClusterView> {
    return viewOf(await this.clusters.lock(id));
  }

  async create(values: Pick<ClusterEntity, 'siteId' | 'name' | 'kind'>): Promise<ClusterView> {
    const { tenantId } = await this.sites.get(values.siteId);
    const cluster = await this.clusters.add({ ...values, tenantId });
    await this.record('cluster.create', cluster, { name: cluster.name, kind: cluster.kind, siteId: cluster.siteId });
    return viewOf(cluster);
  }

  async change(id: string, revision: number, patch: { readonly name?: string | undefined }): Promise<ClusterView> {
    const before = await this.clusters.get(id);
    const cluster = await this.clusters.change(id, revision, { name: patch.name ?? before.name });
    await this.record('cluster.change', cluster, { name: cluster.name });
    return viewOf(cluster);
  }

  async remove(id: string, revision: number): Promise<void> {
    const cluster = await this.clusters.remove(id, revision);
    await this.record('cluster.remove', cluster, { name: cluster.name });
  }

  private record(action: string, cluster: ClusterEntity, details: Readonly<Record<string, unknown>>): Promise<void> {
    return this.audit.record({ tenantId: cluster.tenantId, action, subject: `cluster:${cluster.id}`, details });
  }
}
