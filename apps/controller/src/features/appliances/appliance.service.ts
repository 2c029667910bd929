import { Injectable } from '@nestjs/common';
import { applianceCreateSchema, appliancePatchSchema, type ApplianceView } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { z } from 'zod';
import { AuditTrail } from '../../platform/audit/audit-trail.js';
import { Changes } from '../../platform/changes/changes.js';
import { toPage } from '../../platform/http/cursor.js';
import { LiveBus } from '../../platform/live/live-bus.js';
import { ClusterService } from '../tenants/index.js';
import { type ApplianceQuery, ApplianceRepository, type ApplianceRow } from './appliance.repository.js';

const MEMBERS = { single: 1, pair: 2 } as const;

function viewOf(row: ApplianceRow): ApplianceView {
  return { ...row, createdAt: row.createdAt.toISOString(), lastSeenAt: row.lastSeenAt?.toISOString() ?? null };
}

/** Boxes, and what the fleet's lists tell of them. */
@Injectable()
export class ApplianceService {
  constructor(
    private readonly appliances: ApplianceRepository,
    private readonly clusters: ClusterService,
    private readonly changes: Changes,
    private readonly live: LiveBus,
    private readonly audit: AuditTrail,
  ) {}

  async list(query: ApplianceQuery) {
    return toPage(await this.appliances.list(query), query.limit, viewOf, (row) => [row.name, row.id]);
  }

  /** Throws `not-found` with code `appliances.not-found`. */
  async get(id: string): Promise<ApplianceView> {
    return viewOf(await this.appliances.get(id));
  }

  /** Null for one that is not there, or not in scope. */
  async find(id: string): Promise<ApplianceView | null> {
    const row = await this.appliances.find(id);
    return row && viewOf(row);
  }

  /** Members of the clusters, of those in scope. */
  async ofClusters(clusterIds: readonly string[]): Promise<ApplianceView[]> {
    return (await this.appliances.ofClusters(clusterIds)).map(viewOf);
  }

  async create({ clusterId, ...fields }: z.output<typeof applianceCreateSchema>): Promise<ApplianceView> {
    const cluster = await this.clusters.lock(clusterId);
    const members = await this.appliances.ofClusters([clusterId]);
    if (members.length >= MEMBERS[cluster.kind])
      throw new AppError('conflict', 'appliances.cluster-full', `a cluster of the kind ${cluster.kind} takes no further appliance`);
    const { tenantId, siteId } = cluster;
    const row = await this.appliances.add({ ...distinct(fields), tenantId, siteId, clusterId });
    // Its fellow is concerned too: the pair's intent names both.
    await this.announce([...members, row]);
    await this.record('appliance.create', row, { ...fields, clusterId });
    return viewOf(row);
  }

  async change(id: string, revision: number, patch: z.output<typeof appliancePatchSchema>): Promise<ApplianceView> {
    const before = await this.appliances.get(id);
    const { name = before.name, listenAddresses = before.listenAddresses, tags = before.tags } = patch;
    const row = await this.appliances.change(id, revision, distinct({ name, listenAddresses, tags }));
    await this.announce([row]);
    await this.record('appliance.change', row, { ...patch });
    return viewOf(row);
  }

  async remove(id: string, revision: number): Promise<void> {
    const row = await this.appliances.remove(id, revision);
    await this.announce(await this.appliances.ofClusters([row.clusterId]));
    this.live.publish({ topic: 'appliance', tenantId: row.tenantId, ids: [id] });
    await this.record('appliance.remove', row, { name: row.name });
  }

  private async announce(rows: readonly ApplianceRow[]): Promise<void> {
    for (const { tenantId, id } of rows) {
      await this.changes.emit('appliance.intent', tenantId, [{ applianceId: id }]);
      this.live.publish({ topic: 'appliance', tenantId, ids: [id] });
    }
  }

  private record(action: string, row: Pick<ApplianceRow, 'id' | 'tenantId'>, details: Readonly<Record<string, unknown>>): Promise<void> {
    return this.audit.record({ tenantId: row.tenantId, action, subject: `appliance:${row.id}`, details });
  }
}

/** Addresses and tags are sets; their order is the operator's. */
function distinct<T extends { readonly listenAddresses: string[]; readonly tags: string[] }>(fields: T): T {
  return { ...fields, listenAddresses: [...new Set(fields.listenAddresses)], tags: [...new Set(fields.tags)] };
}
