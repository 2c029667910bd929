import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

/** How a box stands to the list that it was told. */
export interface ProofRow {
  readonly applianceId: string;
  readonly name: string;
  readonly online: boolean;
  readonly offlineReason: string | null;
  readonly state: string | null;
  readonly reason: string | null;
  readonly reportedAt: Date | null;
  /** What was read back shows the block. */
  readonly isProven: boolean;
}

/** Reads which boxes a block reaches, in the transaction of the caller. */
@Injectable()
export class FleetRows {
  constructor(private readonly database: Database) {}

  /** One box that is there. */
  async box(applianceId: string): Promise<{ readonly tenantId: string; readonly clusterId: string; readonly name: string }> {
    const [row] = await this.database
      .em()
      .query<{ tenantId: string; clusterId: string; name: string }[]>(
        'select tenant_id as "tenantId", cluster_id as "clusterId", name from appliances where id = $1',
        [applianceId],
      );
    return row!;
  }

  boxes(tenantId: string, clusterId: string | null): Promise<{ applianceId: string }[]> {
    return this.database
      .em()
      .query(`select id as "applianceId" from appliances where tenant_id = $1 and ($2::uuid is null or cluster_id = $2) order by id`, [
        tenantId,
        clusterId,
      ]);
  }

  /** Each box that shall hold the block, by name. */
  proofs(blockId: string): Promise<ProofRow[]> {
    return this.database.em().query<ProofRow[]>(
      `select a.id as "applianceId", a.name, coalesce(s.online, false) as online, s.offline_reason as "offlineReason", f.state, f.reason,
              d.reported_at as "reportedAt", coalesce(f.state = 'applied' and p.serial >= b.serial, false) as "isProven"
         from address_blocks b
         join appliances a on a.tenant_id = b.tenant_id and (b.cluster_id is null or a.cluster_id = b.cluster_id)
         left join appliance_status s on s.appliance_id = a.id
         left join desired_states d on d.appliance_id = a.id
         left join desired_facets f on f.appliance_id = a.id and f.facet = 'patterns'
         left join block_publications p on p.appliance_id = a.id and p.sha256 = f.applied->>'sha256'
        where b.id = $1 order by a.name, a.id`,
      [blockId],
    );
  }
}
