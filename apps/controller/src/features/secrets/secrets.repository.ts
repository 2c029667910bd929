import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

export interface SecretRow {
  readonly id: string;
  readonly tenantId: string;
  readonly name: string;
  readonly kind: 'tls-certificate';
  readonly fingerprint: string;
  readonly subjects: readonly string[];
  readonly notAfter: Date | null;
  readonly createdAt: Date;
}

export interface SecretFilter {
  readonly tenantId?: string | undefined;
  readonly after: readonly [string, string] | null;
  readonly limit: number;
}

const COLUMNS = `id, tenant_id as "tenantId", name, kind, fingerprint, subjects, not_after as "notAfter", created_at as "createdAt"`;

/** SQL of `secrets`, in the transaction of the caller. */
@Injectable()
export class SecretRows {
  constructor(private readonly database: Database) {}

  async seesTenant(tenantId: string): Promise<boolean> {
    const rows: unknown[] = await this.database.em().query('select 1 from tenants where id = $1', [tenantId]);
    return rows.length > 0;
  }

  /** Null when the tenant has a secret of this name already. */
  async add(row: Omit<SecretRow, 'createdAt'> & { readonly sealed: Buffer }): Promise<SecretRow | null> {
    const [added]: SecretRow[] = await this.database.em().query(
      `insert into secrets (id, tenant_id, name, kind, sealed, fingerprint, subjects, not_after) values ($1, $2, $3, $4, $5, $6, $7, $8)
       on conflict (tenant_id, name) do nothing returning ${COLUMNS}`,
      [row.id, row.tenantId, row.name, row.kind, row.sealed, row.fingerprint, row.subjects, row.notAfter],
    );
    return added ?? null;
  }

  async get(id: string): Promise<SecretRow | null> {
    const [row]: SecretRow[] = await this.database.em().query(`select ${COLUMNS} from secrets where id = $1`, [id]);
    return row ?? null;
  }

  async sealed(id: string): Promise<Buffer | null> {
    const [row]: { sealed: Buffer }[] = await this.database.em().query('select sealed from secrets where id = $1', [id]);
    return row?.sealed ?? null;
  }

  async exists(tenantId: string, id: string): Promise<boolean> {
    const rows: unknown[] = await this.database.em().query('select 1 from secrets where id = $1 and tenant_id = $2', [id, tenantId]);
    return rows.length > 0;
  }

  async remove(id: string): Promise<void> {
    await this.database.em().query('delete from secrets where id = $1', [id]);
  }

  /** One row more than `limit`, newest first. */
  async list({ tenantId, after, limit }: SecretFilter): Promise<SecretRow[]> {
    return this.database.em().query(
      `select ${COLUMNS} from secrets
        where ($1::uuid is null or tenant_id = $1)
          and ($2::timestamptz is null or (created_at, id) < ($2::timestamptz, $3::uuid))
        order by created_at desc, id desc limit $4`,
      [tenantId ?? null, after?.[0] ?? null, after?.[1] ?? null, limit + 1],
    );
  }
}
