import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

export type AssignmentPlace = 'cluster' | 'appliance';

const COLUMN = { cluster: 'cluster_id', appliance: 'appliance_id' } as const satisfies Record<AssignmentPlace, string>;
const TABLE = { cluster: 'clusters', appliance: 'appliances' } as const satisfies Record<AssignmentPlace, string>;
const MEMBERS = { cluster: 'cluster_id', appliance: 'id' } as const satisfies Record<AssignmentPlace, string>;

/** SQL of `signature_assignments`: which pack runs on a cluster or, above that, on one appliance. In the transaction of the caller. */
@Injectable()
export class AssignmentRows {
  constructor(private readonly database: Database) {}

  /** The tenant of a cluster or appliance, or null where the caller sees none. */
  async tenantOf(place: AssignmentPlace, id: string): Promise<string | null> {
    const rows: { tenantId: string }[] = await this.database
      .em()
      .query(`select tenant_id as "tenantId" from ${TABLE[place]} where id = $1`, [id]);
    return rows[0]?.tenantId ?? null;
  }

  async assign(place: AssignmentPlace, id: string, tenantId: string, packId: string): Promise<void> {
    const column = COLUMN[place];
    await this.database.em().query(
      `insert into signature_assignments (tenant_id, ${column}, pack_id) values ($1, $2, $3)
       on conflict (${column}) do update set pack_id = excluded.pack_id, assigned_at = now()`,
      [tenantId, id, packId],
    );
  }

  /** Appliances that an assignment at this place concerns. */
  async members(place: AssignmentPlace, id: string): Promise<string[]> {
    const rows: { id: string }[] = await this.database.em().query(`select id from appliances where ${MEMBERS[place]} = $1`, [id]);
    return rows.map((row) => row.id);
  }

  /** Pack of each of these appliances that has one: its own assignment, else its cluster's. */
  async packsOf(applianceIds: readonly string[]): Promise<Map<string, string>> {
    const rows: { applianceId: string; packId: string }[] = await this.database.em().query(
      `select a.id as "applianceId", coalesce(own.pack_id, shared.pack_id) as "packId" from appliances a
         left join signature_assignments own on own.appliance_id = a.id
         left join signature_assignments shared on shared.cluster_id = a.cluster_id
        where a.id = any($1) and coalesce(own.pack_id, shared.pack_id) is not null`,
      [applianceIds],
    );
    return new Map(rows.map((row) => [row.applianceId, row.packId]));
  }
}
