import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Database } from '../../platform/db/database.js';

export interface ClaimRow {
  readonly id: string;
  readonly tenantId: string;
  readonly applianceId: string;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
  readonly enrolmentId: string | null;
}

const COLUMNS = `id, tenant_id as "tenantId", appliance_id as "applianceId", expires_at as "expiresAt", used_at as "usedAt", enrolment_id as "enrolmentId"`;

/** SQL of `enrolment_claims`. Claims are stored as hashes only. */
@Injectable()
export class ClaimRows {
  constructor(
    private readonly database: Database,
    private readonly source: DataSource,
  ) {}

  /** The tenant of an appliance that the transaction may see, or null. */
  async tenantOfAppliance(applianceId: string): Promise<string | null> {
    const [row]: { tenant: string }[] = await this.database
      .em()
      .query('select tenant_id as tenant from appliances where id = $1', [applianceId]);
    return row?.tenant ?? null;
  }

  async add(claim: { tenantId: string; applianceId: string; hash: string; expiresAt: Date }): Promise<string> {
    const [row]: { id: string }[] = await this.database
      .em()
      .query('insert into enrolment_claims (tenant_id, appliance_id, claim_hash, expires_at) values ($1, $2, $3, $4) returning id', [
        claim.tenantId,
        claim.applianceId,
        claim.hash,
        claim.expiresAt,
      ]);
    return row!.id;
  }

  /** Outside of any transaction: whose claim this is, or null for one that was never made. */
  async tenantOf(hash: string): Promise<string | null> {
    const [row]: { tenant: string | null }[] = await this.source.query('select claim_tenant($1) as tenant', [hash]);
    return row?.tenant ?? null;
  }

  /** The claim, locked until the transaction ends: two uses at once come one after the other. */
  async lock(hash: string): Promise<ClaimRow | null> {
    const [row]: ClaimRow[] = await this.database
      .em()
      .query(`select ${COLUMNS} from enrolment_claims where claim_hash = $1 for update`, [hash]);
    return row ?? null;
  }

  async use(id: string, enrolmentId: string): Promise<void> {
    await this.database.em().query('update enrolment_claims set used_at = now(), enrolment_id = $2 where id = $1', [id, enrolmentId]);
  }
}
