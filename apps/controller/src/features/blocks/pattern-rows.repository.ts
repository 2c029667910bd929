import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import { SHOWN_ADDRESS } from './block-rows.repository.js';

/** A box whose tenant has a list, and what it was told last. */
export interface PatternBox {
  readonly applianceId: string;
  readonly tenantId: string;
  readonly clusterId: string;
  /** Of the tenant's list, as it is now. */
  readonly serial: number;
  /** What the list was at this number, for this box; null where it was not worked out yet. */
  readonly sha256: string | null;
}

/** SQL of what boxes are told of the lists, in the transaction of the caller. */
@Injectable()
export class PatternRows {
  constructor(private readonly database: Database) {}

  /** Those of the boxes whose tenant has a list that is not empty for them. */
  async boxes(applianceIds: readonly string[]): Promise<PatternBox[]> {
    return this.database.em().query<PatternBox[]>(
      `select a.id as "applianceId", a.tenant_id as "tenantId", a.cluster_id as "clusterId", l.serial::float8 as serial, p.sha256
         from appliances a
         join block_lists l on l.tenant_id = a.tenant_id
         left join block_publications p on p.appliance_id = a.id and p.serial = l.serial
        where a.id = any($1::uuid[])
          and (exists (select from address_blocks b where b.tenant_id = a.tenant_id and (b.cluster_id is null or b.cluster_id = a.cluster_id))
               or exists (select from address_releases r where r.tenant_id = a.tenant_id))`,
      [applianceIds],
    );
  }

  /** The blocks of a cluster as JSON texts in the order of their addresses; of one that is blocked twice the longer. */
  async blocks(tenantId: string, clusterId: string): Promise<string[]> {
    const rows = await this.database.em().query<{ address: string; expiresAt: Date | null }[]>(
      `select ${SHOWN_ADDRESS('b.address')} as address, case when bool_or(b.expires_at is null) then null else max(b.expires_at) end as "expiresAt"
         from address_blocks b where b.tenant_id = $1 and (b.cluster_id is null or b.cluster_id = $2)
        group by b.address order by b.address`,
      [tenantId, clusterId],
    );
    return rows.map(entryOf);
  }

  /** The same of what must stay free. */
  async releases(tenantId: string): Promise<string[]> {
    const rows = await this.database.em().query<{ address: string; expiresAt: Date | null }[]>(
      `select ${SHOWN_ADDRESS('r.address')} as address, r.expires_at as "expiresAt" from address_releases r
        where r.tenant_id = $1 order by r.address`,
      [tenantId],
    );
    return rows.map(entryOf);
  }

  /** Notes which list each box is told under which digest, and forgets digests that no box runs or will run. */
  async publish(boxes: readonly { applianceId: string; tenantId: string; sha256: string; serial: number }[]): Promise<void> {
    const em = this.database.em();
    const ids = boxes.map((box) => box.applianceId);
    await em.query(
      `delete from block_publications p where p.appliance_id = any($1::uuid[])
          and not exists (select from desired_facets f where f.appliance_id = p.appliance_id and f.facet = 'patterns'
                             and p.sha256 in (f.desired->>'sha256', f.sent->>'sha256', f.applied->>'sha256'))`,
      [ids],
    );
    await em.query(
      `insert into block_publications (appliance_id, tenant_id, sha256, serial)
       select n."applianceId", n."tenantId", n.sha256, n.serial
         from jsonb_to_recordset($1::jsonb) as n("applianceId" uuid, "tenantId" uuid, sha256 text, serial bigint)
       on conflict (appliance_id, sha256) do update set serial = excluded.serial`,
      [JSON.stringify(boxes)],
    );
  }
}

function entryOf({ address, expiresAt }: { readonly address: string; readonly expiresAt: Date | null }): string {
  return `{"address":"${address}","expiresAt":${expiresAt ? `"${expiresAt.toISOString()}"` : 'null'}}`;
}
