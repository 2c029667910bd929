import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';
import { SHOWN_ADDRESS } from './block-rows.repository.js';

export interface NewRelease {
  readonly tenantId: string;
  readonly address: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly expiresAt: Date;
}

export interface ReleaseRow extends NewRelease {
  readonly createdAt: Date;
}

/** SQL of `address_releases`, in the transaction of the caller. */
@Injectable()
export class ReleaseRows {
  constructor(private readonly database: Database) {}

  async add({ tenantId, address, reason, createdBy, expiresAt }: NewRelease): Promise<void> {
    await this.database.em().query(
      `insert into address_releases (tenant_id, address, reason, created_by, expires_at) values ($1, network($2::inet), $3, $4, $5)
       on conflict (tenant_id, address) do update set reason = excluded.reason, created_by = excluded.created_by, created_at = now(),
         expires_at = excluded.expires_at`,
      [tenantId, address, reason, createdBy, expiresAt],
    );
  }

  /** What must stay free now, by tenant and address; `after` is the place of the last one of the page before. */
  list(tenantId: string | undefined, after: readonly [string, string] | null, limit: number): Promise<ReleaseRow[]> {
    return this.database.em().query<ReleaseRow[]>(
      `select r.tenant_id as "tenantId", ${SHOWN_ADDRESS('r.address')} as address, r.reason, r.created_at as "createdAt",
              r.created_by as "createdBy", r.expires_at as "expiresAt"
         from address_releases r
        where r.expires_at > now() and ($1::uuid is null or r.tenant_id = $1)
          and ($2::uuid is null or (r.tenant_id, r.address) > ($2::uuid, network($3::inet)))
        order by r.tenant_id, r.address limit $4`,
      [tenantId ?? null, after?.[0] ?? null, after?.[1] ?? null, limit],
    );
  }

  async count(tenantId: string): Promise<number> {
    const [row] = await this.database
      .em()
      .query<{ n: number }[]>('select count(*)::int as n from address_releases where tenant_id = $1', [tenantId]);
    return row!.n;
  }

  /** Whoever blocks an address anew no longer wants it free. */
  async removeWithin(tenantId: string, addresses: readonly string[]): Promise<void> {
    await this.database
      .em()
      .query(
        `delete from address_releases r using unnest($2::text[]) as item where r.tenant_id = $1 and r.address <<= network(item::inet)`,
        [tenantId, addresses],
      );
  }

  async removeExpired(): Promise<void> {
    await this.database.em().query('delete from address_releases where expires_at <= now()');
  }
}
