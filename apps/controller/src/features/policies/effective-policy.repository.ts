import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { Database } from '../../platform/db/database.js';
import { EffectivePolicyEntity } from './effective-policy.entity.js';
import type { EffectiveSettings } from './effective-settings.js';

export type EffectivePolicy = Readonly<EffectivePolicyEntity>;
export interface NewEffective extends EffectiveSettings {
  readonly applicationId: string;
  readonly tenantId: string;
}

/** Rows of `effective_policies`. */
@Injectable()
export class EffectivePolicyRepository {
  constructor(private readonly database: Database) {}

  /** What is in force for each application, of those that have it. */
  async current(applicationIds: readonly string[]): Promise<ReadonlyMap<string, EffectivePolicy>> {
    const rows = await this.database.em().findBy(EffectivePolicyEntity, { applicationId: In([...applicationIds]), supersededAt: IsNull() });
    return new Map(rows.map((row) => [row.applicationId, row]));
  }

  /** Puts new settings in force, each as the version after the one it supersedes. One statement for any number. */
  async supersede(effective: readonly NewEffective[]): Promise<void> {
    if (effective.length === 0) return;
    const em = this.database.em();
    await em.query('update effective_policies set superseded_at = now() where superseded_at is null and application_id = any($1::uuid[])', [
      effective.map(({ applicationId }) => applicationId),
    ]);
    await em.query(
      `insert into effective_policies (application_id, version, tenant_id, digest, settings, origin, locks)
       select n."applicationId", coalesce((select max(version) from effective_policies e where e.application_id = n."applicationId"), 0) + 1,
              n."tenantId", n.digest, n.settings, n.origin, n.locks
         from jsonb_to_recordset($1::jsonb)
           as n ("applicationId" uuid, "tenantId" uuid, digest text, settings jsonb, origin jsonb, locks jsonb)`,
      [JSON.stringify(effective)],
    );
  }

  /** The same settings, come to on another way: no new version. */
  async retell(effective: readonly NewEffective[]): Promise<void> {
    if (effective.length === 0) return;
    await this.database.em().query(
      `update effective_policies e set origin = n.origin, locks = n.locks
         from jsonb_to_recordset($1::jsonb) as n ("applicationId" uuid, origin jsonb, locks jsonb)
        where e.application_id = n."applicationId" and e.superseded_at is null`,
      [JSON.stringify(effective.map(({ applicationId, origin, locks }) => ({ applicationId, origin, locks })))],
    );
  }
}
