import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/db/database.js';

export interface CommandRow {
  readonly id: string;
  readonly kind: string;
  readonly applianceId: string | null;
  readonly by: string;
  readonly reason: string;
  readonly at: Date;
}

/** SQL of `ha_commands`, in the transaction of the caller. */
@Injectable()
export class CommandRows {
  constructor(private readonly database: Database) {}

  async add(clusterId: string, tenantId: string, { id, kind, applianceId, by, reason }: Omit<CommandRow, 'at'>): Promise<void> {
    await this.database
      .em()
      .query('insert into ha_commands (id, tenant_id, cluster_id, kind, appliance_id, by, reason) values ($1, $2, $3, $4, $5, $6, $7)', [
        id,
        tenantId,
        clusterId,
        kind,
        applianceId,
        by,
        reason,
      ]);
  }

  /** Oldest first. */
  ofCluster(clusterId: string): Promise<CommandRow[]> {
    return this.database
      .em()
      .query('select id, kind, appliance_id as "applianceId", by, reason, at from ha_commands where cluster_id = $1 order by at, id', [
        clusterId,
      ]);
  }
}
