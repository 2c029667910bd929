import { Injectable } from '@nestjs/common';
import type { BoxBlock, Facet } from '@phalanx/contracts';
import { Database } from '../../platform/db/database.js';

export interface OwnBlockRow extends BoxBlock {
  readonly tenantId: string;
  readonly applianceId: string;
  readonly reportedAt: Date;
}

export interface OwnBlockFilter {
  readonly tenantId?: string | undefined;
  readonly applianceId?: string | undefined;
  /** Appliance and address after which the page begins. */
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

/** What the last heartbeats say, for other features. In the transaction of the caller. */
@Injectable()
export class BoxFigures {
  constructor(private readonly database: Database) {}

  /** Addresses that boxes refuse by their own judgement and that hold still, by appliance and address. */
  ownBlocks({ tenantId, applianceId, after, limit }: OwnBlockFilter): Promise<OwnBlockRow[]> {
    return this.database.em().query<OwnBlockRow[]>(
      `select h.tenant_id as "tenantId", h.appliance_id as "applianceId", b.address, b.reason, b."expiresAt", b.packets::float8 as packets,
              h.figures_at as "reportedAt"
         from appliance_health h
         cross join lateral jsonb_to_recordset(h.network->'ownBlocks') as b(address text, reason text, "expiresAt" text, packets bigint)
        where ($1::uuid is null or h.tenant_id = $1) and ($2::uuid is null or h.appliance_id = $2)
          and (b."expiresAt" is null or b."expiresAt"::timestamptz > now())
          and ($3::uuid is null or (h.appliance_id, b.address) > ($3::uuid, $4))
        order by h.appliance_id, b.address limit $5`,
      [tenantId ?? null, applianceId ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  /** Why each of these boxes can't make the facet true, of those that say so. */
  async inability(applianceIds: readonly string[], facet: Facet): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.em().query<{ applianceId: string; reason: string | null }[]>(
      `select h.appliance_id as "applianceId", c.reason from appliance_health h
         cross join lateral jsonb_to_recordset(h.capabilities) as c(facet text, "isAble" boolean, reason text)
        where h.appliance_id = any($1::uuid[]) and c.facet = $2 and not c."isAble"`,
      [applianceIds, facet],
    );
    return new Map(rows.map((row) => [row.applianceId, row.reason ?? 'the box says that it can’t']));
  }
}
