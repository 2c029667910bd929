import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

export interface NewRelease {
  readonly tenantId: string;
  readonly address: string;
  readonly reason: string;
  readonly createdBy: string;
  readonly expiresAt: Date;
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
