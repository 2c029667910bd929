import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { applianceQuerySchema, type SyncState, uuidSchema } from '@phalanx/contracts';
import { AppError } from '@phalanx/kit';
import { z } from 'zod';
import { explainConstraints, refuseWhileReferenced } from '../../platform/db/constraint.js';
import { Database } from '../../platform/db/database.js';
import { lockRevision } from '../../platform/db/revisioned.js';
import { decodeCursor } from '../../platform/http/cursor.js';
import { ApplianceEntity } from './appliance.entity.js';
import { ApplianceStatusEntity } from './appliance-status.entity.js';

export type ApplianceQuery = z.output<typeof applianceQuerySchema>;
export type ApplianceFields = Pick<ApplianceEntity, 'name' | 'listenAddresses' | 'tags'>;

/** An appliance beside its status. */
export type ApplianceRow = Omit<ApplianceEntity, 'createdAt'> & {
  readonly createdAt: Date;
  readonly online: boolean;
  readonly lastSeenAt: Date | null;
  readonly syncState: SyncState;
  readonly syncReason: string | null;
  readonly agentVersion: string | null;
  readonly engineVersion: string | null;
};

const CONFLICTS = {
  appliances_tenant_id_name_key: (cause: unknown) =>
    new AppError('conflict', 'appliances.name-taken', 'another appliance of the tenant has this name', { cause }),
};
const placeSchema = z.tuple([z.string().max(400), uuidSchema]);

/** What was last reported does not count for a box that is away; one that may not take part is not merely away. */
const SHOWN_STATE = `case when s.online or s.sync_state in ('never-enrolled', 'quarantined') then s.sync_state
  when s.appliance_id is null then 'never-enrolled' else 'offline' end`;
const SHOWN_REASON = `case ${SHOWN_STATE}
  when 'in-sync' then null
  when 'offline' then coalesce(s.offline_reason, s.sync_reason)
  when 'never-enrolled' then coalesce(s.sync_reason, 'it has not enrolled yet')
  else s.sync_reason end`;
const SELECT = `select a.id, a.tenant_id as "tenantId", a.site_id as "siteId", a.cluster_id as "clusterId", a.name,
    a.listen_addresses as "listenAddresses", a.tags, a.created_at as "createdAt", a.revision, coalesce(s.online, false) as online, s.last_seen_at as "lastSeenAt",
    ${SHOWN_STATE} as "syncState", ${SHOWN_REASON} as "syncReason", s.agent_version as "agentVersion", s.engine_version as "engineVersion"
  from appliances a left join appliance_status s on s.appliance_id = a.id`;

const applianceNotFound = () => new AppError('not-found', 'appliances.not-found', 'there is no such appliance');

/** Rows of `appliances`, each with its row of `appliance_status`. */
@Injectable()
export class ApplianceRepository {
  constructor(private readonly database: Database) {}

  /** By name; one row more than the limit. */
  list(query: ApplianceQuery): Promise<ApplianceRow[]> {
    const place = decodeCursor(query.cursor, placeSchema);
    const values: unknown[] = [];
    const wheres: string[] = [];
    const where = (condition: (placeholder: string) => string, value: unknown) => {
      if (value === undefined) return;
      values.push(value);
      wheres.push(condition(`$${values.length}`));
    };
    where((p) => `a.tenant_id = ${p}`, query.tenantId);
    where((p) => `a.site_id = ${p}`, query.siteId);
    where((p) => `a.cluster_id = ${p}`, query.clusterId);
    where((p) => `a.tags @> array[${p}::text]`, query.tag);
    where((p) => `${SHOWN_STATE} = ${p}`, query.syncState);
    where((p) => `position(lower(${p}) in lower(a.name)) > 0`, query.q);
    where((p) => `(a.name, a.id) > (${p}::jsonb->>0, (${p}::jsonb->>1)::uuid)`, place ? JSON.stringify(place) : undefined);
    values.push(query.limit + 1);
    const filter = wheres.length > 0 ? `where ${wheres.join(' and ')}` : '';
    return this.database.em().query<ApplianceRow[]>(`${SELECT} ${filter} order by a.name, a.id limit $${values.length}`, values);
  }

  async find(id: string): Promise<ApplianceRow | null> {
    const [row] = await this.database.em().query<ApplianceRow[]>(`${SELECT} where a.id = $1`, [id]);
    return row ?? null;
  }

  async get(id: string): Promise<ApplianceRow> {
    const row = await this.find(id);
    if (!row) throw applianceNotFound();
    return row;
  }

  /** All appliances of the clusters, in the order of their ids. */
  ofClusters(clusterIds: readonly string[]): Promise<ApplianceRow[]> {
    return this.database.em().query<ApplianceRow[]>(`${SELECT} where a.cluster_id = any($1::uuid[]) order by a.id`, [clusterIds]);
  }

  async add(values: ApplianceFields & Pick<ApplianceEntity, 'tenantId' | 'siteId' | 'clusterId'>): Promise<ApplianceRow> {
    const em = this.database.em();
    const id = randomUUID();
    await explainConstraints(CONFLICTS, () => em.insert(ApplianceEntity, { id, ...values }));
    await em.insert(ApplianceStatusEntity, { applianceId: id, tenantId: values.tenantId });
    return this.get(id);
  }

  async change(id: string, revision: number, fields: ApplianceFields): Promise<ApplianceRow> {
    const em = this.database.em();
    const appliance = await lockRevision(em, ApplianceEntity, id, revision, applianceNotFound);
    await explainConstraints(CONFLICTS, () => em.update(ApplianceEntity, { id }, { ...fields, revision: appliance.revision + 1 }));
    return this.get(id);
  }

  async remove(id: string, revision: number): Promise<ApplianceEntity> {
    const em = this.database.em();
    const appliance = await lockRevision(em, ApplianceEntity, id, revision, applianceNotFound);
    await refuseWhileReferenced(
      (cause) => new AppError('conflict', 'appliances.in-use', 'enrolments or records of this appliance are still there', { cause }),
      () => em.delete(ApplianceEntity, { id }),
    );
    return appliance;
  }
}
